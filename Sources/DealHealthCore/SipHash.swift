/// The key of the keyed hash: 128 secret random bits, drawn when a log is created and kept in it.
///
/// Secret, so that nobody can craft two events with one identity, or deal ids that collide in the index.
public struct HashKey: Sendable, Equatable {
    public var k0: UInt64
    public var k1: UInt64

    public init(k0: UInt64, k1: UInt64) {
        self.k0 = k0
        self.k1 = k1
    }
}

/// SipHash-1-3 with a 64- or 128-bit result (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012;
/// the 128-bit form and the constants are those of the authors' reference `siphash.c`).
///
/// One compression round and three of finalisation, as in Swift's own `Hasher` and Rust's: a pseudo-random function
/// for callers who do not know the key.
public struct SipHash: Sendable {
    @usableFromInline var v0: UInt64
    @usableFromInline var v1: UInt64
    @usableFromInline var v2: UInt64
    @usableFromInline var v3: UInt64

    /// A fresh state whose result is 128 bits wide when `wide`.
    @inlinable
    init(key: HashKey, wide: Bool) {
        v0 = key.k0 ^ 0x736f_6d65_7073_6575
        v1 = key.k1 ^ 0x646f_7261_6e64_6f6d
        v2 = key.k0 ^ 0x6c79_6765_6e65_7261
        v3 = key.k1 ^ 0x7465_6462_7974_6573
        if wide { v1 ^= 0xee }
    }

    @inlinable @inline(__always)
    mutating func round() {
        v0 &+= v1
        v1 = (v1 << 13 | v1 >> 51) ^ v0
        v0 = v0 << 32 | v0 >> 32
        v2 &+= v3
        v3 = (v3 << 16 | v3 >> 48) ^ v2
        v0 &+= v3
        v3 = (v3 << 21 | v3 >> 43) ^ v0
        v2 &+= v1
        v1 = (v1 << 17 | v1 >> 47) ^ v2
        v2 = v2 << 32 | v2 >> 32
    }

    @inlinable @inline(__always)
    mutating func absorb(_ bytes: UnsafeRawBufferPointer) {
        var offset = 0
        let count = bytes.count
        while offset + 8 <= count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            v3 ^= word
            round()
            v0 ^= word
            offset += 8
        }
        var last = UInt64(truncatingIfNeeded: count) << 56
        var shift: UInt64 = 0
        while offset < count {
            last |= UInt64(bytes[offset]) << shift
            shift += 8
            offset += 1
        }
        v3 ^= last
        round()
        v0 ^= last
    }

    @inlinable @inline(__always)
    mutating func finalize() -> UInt64 {
        round()
        round()
        round()
        return v0 ^ v1 ^ v2 ^ v3
    }

    /// The 64-bit hash of `bytes`; O(bytes.count).
    @inlinable
    public static func hash64(_ bytes: UnsafeRawBufferPointer, key: HashKey) -> UInt64 {
        var state = SipHash(key: key, wide: false)
        state.absorb(bytes)
        state.v2 ^= 0xff
        return state.finalize()
    }

    /// The 128-bit hash of `bytes`; O(bytes.count).
    @inlinable
    public static func hash128(_ bytes: UnsafeRawBufferPointer, key: HashKey) -> Hash128 {
        var state = SipHash(key: key, wide: true)
        state.absorb(bytes)
        state.v2 ^= 0xee
        let low = state.finalize()
        state.v1 ^= 0xdd
        return Hash128(low: low, high: state.finalize())
    }
}
