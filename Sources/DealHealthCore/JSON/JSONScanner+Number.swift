extension JSONScanner {
    /// Consumes a number, whose first byte is next: RFC 8259 §6 and nothing beside it.
    @inline(__always)
    mutating func number() throws(MalformedJSON) -> JSONNumber {
        var number = JSONNumber(start: position, end: position)
        if bytes[position] == UInt8(ascii: "-") {
            number.isNegative = true
            position &+= 1
        }
        guard position < end, let first = Self.digit(bytes[position]) else { throw failure(.invalidNumber) }
        if first == 0 {
            position &+= 1
            if position < end, Self.digit(bytes[position]) != nil { throw failure(.invalidNumber) }
        } else {
            number.exponent = digits(into: &number).dropped
        }
        if position < end, bytes[position] == UInt8(ascii: ".") {
            position &+= 1
            number.isInteger = false
            let fraction = digits(into: &number)
            guard fraction.count > 0 else { throw failure(.invalidNumber) }
            number.exponent &-= fraction.count &- fraction.dropped
        }
        if position < end, bytes[position] | 0x20 == UInt8(ascii: "e") {
            number.isInteger = false
            number.exponent &+= try exponent()
        }
        number.exponent = min(max(number.exponent, -10_000), 10_000)
        number.end = position
        return number
    }

    /// Consumes digits: how many there were, and how many of them the mantissa could not take.
    @inline(__always)
    private mutating func digits(into number: inout JSONNumber) -> (count: Int, dropped: Int) {
        let start = position
        var dropped = 0
        while position < end, let digit = Self.digit(bytes[position]) {
            // Below this bound ten times as much and a digit more fits into 64 bits.
            if number.mantissa < 1_000_000_000_000_000_000, !number.isTruncated {
                number.mantissa = number.mantissa &* 10 &+ UInt64(digit)
            } else {
                dropped &+= 1
                number.isTruncated = true
            }
            position &+= 1
        }
        return (position &- start, dropped)
    }

    /// Consumes `e`, a sign and digits; clamped to ±1,000,000.
    private mutating func exponent() throws(MalformedJSON) -> Int {
        position &+= 1
        var isNegative = false
        if position < end, bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
            isNegative = bytes[position] == UInt8(ascii: "-")
            position &+= 1
        }
        guard position < end, Self.digit(bytes[position]) != nil else { throw failure(.invalidNumber) }
        var value = 0
        while position < end, let digit = Self.digit(bytes[position]) {
            value = min(value &* 10 &+ Int(digit), 1_000_000)
            position &+= 1
        }
        return isNegative ? 0 &- value : value
    }

    @inline(__always)
    private static func digit(_ byte: UInt8) -> UInt8? {
        let digit = byte &- UInt8(ascii: "0")
        return digit <= 9 ? digit : nil
    }
}
