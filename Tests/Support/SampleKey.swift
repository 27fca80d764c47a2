/// API keys for tests.
public enum SampleKey {
  /// One with a right checksum that no broker has made.
  public static let unknown = "evp_live_0000000000000000000000000000002C8GjS"
}
