/// Programs that are started as workers and are none, in `Fixtures/workers`: what a worker could become whose
/// mesh has taken it over, and what is in its place when an installation is broken. Not made by the test that
/// uses them: a program cannot be started while somebody still has it open for writing.
public enum WorkerDouble: String, CaseIterable, Sendable {
  /// Answers as if it had read, and has not.
  case answersUnread = "answers_unread"
  /// Answers what cannot be true.
  case answersUntrue = "answers_untrue"
  /// Seems to be over, and is not.
  case closesOutputAndStays = "closes_output_and_stays"
  /// Uses processor time, and dies.
  case computesThenDies = "computes_then_dies"
  /// Dies of a signal.
  case dies
  /// Answers with a picture of 32 × 24 pixels, and has read nothing.
  case drawsUnread = "draws_unread"
  /// Gives up.
  case exits
  /// Never answers.
  case neverAnswers = "never_answers"
  /// Gives up before it is confined.
  case neverBegins = "never_begins"
  /// Answers without end.
  case neverStopsTalking = "never_stops_talking"
  /// Ends as a worker does that gets no more memory.
  case outOfMemory = "out_of_memory"
  /// Ends as a worker does that gets no more processor time.
  case outOfTime = "out_of_time"
  /// Looks whether anything comes before it has said that it is confined, and dies of it.
  case readsBeforeItBegins = "reads_before_it_begins"
  /// Begins with another line than a worker's.
  case saysNothingOfConfinement = "says_nothing_of_confinement"
  /// Answers what the mesh has it say, in a line `# report: …` of an OBJ.
  case saysWhatItReads = "says_what_it_reads"
  /// Talks without end before it is confined.
  case talksBeforeItBegins = "talks_before_it_begins"

  /// Where it is.
  public var path: String { Repository.path("Fixtures/workers/\(rawValue).sh") }
}
