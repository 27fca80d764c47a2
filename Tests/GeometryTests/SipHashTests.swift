import Testing

@testable import Geometry

@Suite("Keyed hash")
struct SipHashTests {
  /// Key and input are the reference's: bytes 0, 1, 2 … . Results by `openssl mac … SIPHASH`, as they
  /// stand in `vectors.h` of the reference implementation.
  let key = MeshHashKey(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908)

  @Test("128 bits over 24 bytes are the reference's")
  func wide() {
    let hash = SipHash.hash128(
      0x0706_0504_0302_0100,
      0x0f0e_0d0c_0b0a_0908,
      0x1716_1514_1312_1110,
      key: key
    )
    #expect(hash.bigEndian == 0x2db4_79ae_78bd_50d8_882a_8a17_8a61_32ad)
  }
}
