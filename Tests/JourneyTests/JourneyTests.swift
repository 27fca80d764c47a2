import Testing

/// The real executable as child processes, over HTTP and the hot folder. One journey at a time, for
/// each has several processes of its own.
@Suite(
  .serialized, .enabled(if: Product.isBuilt, Comment(rawValue: Product.missing)),
  .timeLimit(.minutes(30)))
struct Journeys {}
