import DealHealthCore

/// Finds the ids that a read of many deals names where they stand in the request, when they stand there as they are: nothing is
/// encoded or escaped. False for everything else, which is for the slow lane to decode, or to refuse.
enum PlainDealIDs {
    /// The parts of the value of `ids` at `list`, which MUST NOT be empty, between its commas.
    static func find(listed list: Range<Int>, in bytes: UnsafeRawBufferPointer, into ids: inout [Range<Int>]) -> Bool {
        var start = list.lowerBound
        for index in list where bytes[index] == UInt8(ascii: ",") {
            ids.append(start..<index)
            start = index + 1
        }
        ids.append(start..<list.upperBound)
        return ids.count <= Limits.dealsPerReadMax
    }

    /// The strings in the body at `body`, if that is `{"deal_ids":["…",…]}` of ASCII, white space between tokens allowed.
    static func find(posted body: Range<Int>, in bytes: UnsafeRawBufferPointer, into ids: inout [Range<Int>]) -> Bool {
        var scanner = Scanner(
            bytes: UnsafeRawBufferPointer(rebasing: bytes[..<body.upperBound]), position: body.lowerBound)
        guard scanner.take("{"), let key = scanner.string(), scanner.bytes.equals("deal_ids", in: key),
            scanner.take(":"), scanner.take("[")
        else { return false }
        if !scanner.take("]") {
            repeat {
                guard ids.count < Limits.dealsPerReadMax, let id = scanner.string() else { return false }
                ids.append(id)
            } while scanner.take(",")
            guard scanner.take("]") else { return false }
        }
        return scanner.take("}") && scanner.isAtEnd
    }

    /// Reads the tokens of JSON that are used here (RFC 8259 §2, §7).
    private struct Scanner {
        let bytes: UnsafeRawBufferPointer
        var position: Int

        /// Takes a structural character, and the white space before it; false, only white space taken, when another token follows.
        mutating func take(_ character: Unicode.Scalar) -> Bool {
            skipBlanks()
            guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
            position += 1
            return true
        }

        /// Takes a string of ASCII without escapes; the range between its quotation marks.
        mutating func string() -> Range<Int>? {
            guard take("\"") else { return nil }
            let start = position
            while position < bytes.count {
                let byte = bytes[position]
                position += 1
                if byte == UInt8(ascii: "\"") { return start..<(position - 1) }
                guard byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: "\\") else { return nil }
            }
            return nil
        }

        /// Whether nothing but white space follows.
        var isAtEnd: Bool {
            mutating get {
                skipBlanks()
                return position == bytes.count
            }
        }

        private mutating func skipBlanks() {
            while position < bytes.count {
                switch bytes[position] {
                case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): position += 1
                default: return
                }
            }
        }
    }
}
