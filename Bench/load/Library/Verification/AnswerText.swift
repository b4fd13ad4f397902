import DealHealthCore

/// Numbers of an answer, found by their names without parsing the rest: an answer is looked into for every request while others wait.
///
/// For answers in which no string holds a name in quotes, as is so of the ledger's own deals.
struct AnswerText {
    let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The integer after `"name":`; nil without one.
    func integer(_ name: StaticString) -> UInt64? {
        guard var position = value(of: name), let first = digit(at: position) else { return nil }
        var value = first
        position += 1
        while let next = digit(at: position) {
            let (product, over) = value.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(next)
            if over || carried { return nil }
            value = sum
            position += 1
        }
        return value
    }

    /// The number after `"name":`, of at most 15 digits and without exponent, >= 0; nil without one.
    func decimal(_ name: StaticString) -> Double? {
        guard var position = value(of: name), digit(at: position) != nil else { return nil }
        var digits: UInt64 = 0
        var count = 0
        var scale = 1.0
        var inFraction = false
        while count <= 15 {
            if let next = digit(at: position) {
                digits = digits * 10 + next
                count += 1
                if inFraction { scale *= 10 }
            } else if !inFraction, position < bytes.count, bytes[position] == UInt8(ascii: ".") {
                inFraction = true
            } else {
                return Double(digits) / scale
            }
            position += 1
        }
        return nil
    }

    /// The time after `"name":`; nil without one.
    func time(_ name: StaticString) -> Timestamp? {
        guard let position = value(of: name), position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            return nil
        }
        let start = position + 1
        guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        return Timestamp(rfc3339: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
    }

    /// Where the value after `"name":` begins, past spaces.
    private func value(of name: StaticString) -> Int? {
        let count = name.utf8CodeUnitCount
        let wanted = UnsafeRawBufferPointer(start: name.utf8Start, count: count)
        // With both quotes and the colon.
        guard bytes.count >= count + 3 else { return nil }
        for start in 0...(bytes.count - count - 3) {
            guard
                bytes[start] == UInt8(ascii: "\""), bytes[start + count + 1] == UInt8(ascii: "\""),
                bytes[start + count + 2] == UInt8(ascii: ":"),
                UnsafeRawBufferPointer(rebasing: bytes[(start + 1)...].prefix(count)).elementsEqual(wanted)
            else { continue }
            var position = start + count + 3
            while position < bytes.count, bytes[position] == UInt8(ascii: " ") { position += 1 }
            return position
        }
        return nil
    }

    private func digit(at position: Int) -> UInt64? {
        guard position < bytes.count else { return nil }
        let value = bytes[position] &- UInt8(ascii: "0")
        return value <= 9 ? UInt64(value) : nil
    }
}
