/// Well-formed UTF-8 as The Unicode Standard defines it (table 3-7): no overlong forms, no surrogates, nothing past
/// U+10FFFF.
enum UTF8Validation {
    /// The length of the well-formed sequence of two to four bytes at `position`, or 0 if there is none; reads
    /// nothing at or after `end`. `position` MUST be before `end`.
    @inline(__always)
    static func sequenceLength(_ bytes: UnsafePointer<UInt8>, at position: Int, end: Int) -> Int {
        let available = end &- position
        let lead = bytes[position]
        switch lead {
        case 0xC2...0xDF:
            return available >= 2 && isContinuation(bytes[position &+ 1]) ? 2 : 0
        case 0xE0...0xEF:
            guard available >= 3 else { return 0 }
            let second = bytes[position &+ 1]
            let isSecondValid =
                switch lead {
                case 0xE0: second >= 0xA0 && second <= 0xBF
                case 0xED: second >= 0x80 && second <= 0x9F
                default: isContinuation(second)
                }
            return isSecondValid && isContinuation(bytes[position &+ 2]) ? 3 : 0
        case 0xF0...0xF4:
            guard available >= 4 else { return 0 }
            let second = bytes[position &+ 1]
            let isSecondValid =
                switch lead {
                case 0xF0: second >= 0x90 && second <= 0xBF
                case 0xF4: second >= 0x80 && second <= 0x8F
                default: isContinuation(second)
                }
            let areOthersValid = isContinuation(bytes[position &+ 2]) && isContinuation(bytes[position &+ 3])
            return isSecondValid && areOthersValid ? 4 : 0
        default:
            return 0
        }
    }

    @inline(__always)
    private static func isContinuation(_ byte: UInt8) -> Bool {
        byte & 0xC0 == 0x80
    }
}
