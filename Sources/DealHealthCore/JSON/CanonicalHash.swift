/// The hash of a JSON value that does not depend on how it is written: whitespace, the order of members, escapes and
/// the spelling of numbers (DESIGN §5, "canonical event").
///
/// Part of the log format: remembered identities outlive the process. Every value hashes to 128 bits as SipHash of
/// 64-bit words: its tag, the name of its member, then its content:
///
/// | tag | value | content |
/// |---|---|---|
/// | 2, 3, 4 | null, false, true | none |
/// | 5 | number | bits of the nearest `Double`; zero has no sign |
/// | 6 | integer beyond 2^53, or a number no `Double` is near | its text |
/// | 7 | string | its UTF-8, unescaped |
/// | 8 | the event's `timestamp` | microseconds since 1970 |
/// | 9 | object | the sum, modulo 2^128, of its members' hashes |
/// | 10 | array | its elements' hashes in order, then their number |
/// | 11 | a whole event | as an object |
///
/// The name of a member is the `EventField`'s number for a known field of an event, `[0, 64)`, otherwise the hash of
/// the key with the highest bit set; an element's is 0. No tag is 1: that begins what a given `eventId` hashes, so that
/// the two kinds of identity never meet.
struct CanonicalHash {
    enum Tag: UInt64 {
        case null = 2
        case `false`, `true`, number, numberText, string, instant, object, array, event
    }

    private var state: SipHash

    @inline(__always)
    init(key: HashKey, tag: Tag, name: UInt64) {
        state = SipHash(key: key, wide: true)
        absorb(tag.rawValue)
        absorb(name)
    }

    /// The name of a member whose key is not a known field's.
    @inline(__always)
    static func name(of key: UnsafeRawBufferPointer, hashKey: HashKey) -> UInt64 {
        SipHash.hash64(key, key: hashKey) | 1 << 63
    }

    @inline(__always)
    mutating func absorb(_ word: UInt64) {
        state.v3 ^= word
        state.round()
        state.v0 ^= word
    }

    @inline(__always)
    mutating func absorb(_ hash: Hash128) {
        absorb(hash.low)
        absorb(hash.high)
    }

    /// Absorbs the last content of a value, with its length.
    @inline(__always)
    mutating func absorb(last bytes: UnsafeRawBufferPointer) {
        state.absorb(bytes)
    }

    @inline(__always)
    consuming func finalize() -> Hash128 {
        state.v2 ^= 0xee
        let low = state.finalize()
        state.v1 ^= 0xdd
        return Hash128(low: low, high: state.finalize())
    }
}
