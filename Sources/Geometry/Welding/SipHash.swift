/// SipHash-2-4 over whole 64-bit little-endian words, with a 128-bit result.
///
/// J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF" (2012), section 2; the 128-bit
/// form is the reference implementation's (`outlen` 16).
struct SipHash {
  private var v0: UInt64
  private var v1: UInt64
  private var v2: UInt64
  private var v3: UInt64

  @inline(__always)
  private init(key: MeshHashKey) {
    v0 = key.first ^ 0x736f_6d65_7073_6575
    v1 = key.second ^ 0x646f_7261_6e64_6f6d
    v2 = key.first ^ 0x6c79_6765_6e65_7261
    v3 = key.second ^ 0x7465_6462_7974_6573
  }

  /// The 128-bit hash of 24 bytes; its low half is the first eight bytes of the reference's output.
  @inline(__always)
  static func hash128(_ w0: UInt64, _ w1: UInt64, _ w2: UInt64, key: MeshHashKey) -> UInt128 {
    var state = SipHash(key: key)
    state.v1 ^= 0xee
    state.absorb(w0)
    state.absorb(w1)
    state.absorb(w2)
    state.absorb(24 << 56)
    state.v2 ^= 0xee
    let low = state.squeeze()
    state.v1 ^= 0xdd
    let high = state.squeeze()
    return UInt128(high) << 64 | UInt128(low)
  }

  @inline(__always)
  private mutating func absorb(_ word: UInt64) {
    v3 ^= word
    round()
    round()
    v0 ^= word
  }

  @inline(__always)
  private mutating func squeeze() -> UInt64 {
    round()
    round()
    round()
    round()
    return v0 ^ v1 ^ v2 ^ v3
  }

  @inline(__always)
  private mutating func round() {
    v0 &+= v1
    v1 = (v1 &<< 13 | v1 &>> 51) ^ v0
    v0 = v0 &<< 32 | v0 &>> 32
    v2 &+= v3
    v3 = (v3 &<< 16 | v3 &>> 48) ^ v2
    v0 &+= v3
    v3 = (v3 &<< 21 | v3 &>> 43) ^ v0
    v2 &+= v1
    v1 = (v1 &<< 17 | v1 &>> 47) ^ v2
    v2 = v2 &<< 32 | v2 &>> 32
  }
}
