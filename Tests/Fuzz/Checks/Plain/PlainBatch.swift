import DealHealthCore

/// What a request of events is, by the plain decoder.
struct PlainBatch {
    /// One value that ought to be an event.
    struct Element {
        /// Nil if it is to be refused.
        var event: PlainEvent?
        /// Nil if its line is not JSON.
        var value: PlainJSON?
        /// Where its text stands in the request.
        var range: Range<Int>
    }

    var elements: [Element] = []

    /// Decodes a document: one value, or an array of them.
    init(document: [UInt8], latest: Int64) throws(PlainJSONError) {
        var reader = PlainJSONReader(document)
        if reader.take("[") {
            if !reader.take("]") {
                repeat { elements.append(try Self.element(&reader, latest: latest)) } while reader.take(",")
                guard reader.take("]") else { throw .malformed }
            }
        } else {
            elements.append(try Self.element(&reader, latest: latest))
        }
        try reader.end()
    }

    /// Decodes lines: one value each, blank ones left out.
    init(lines: [UInt8], latest: Int64) throws(PlainJSONError) {
        for line in lines.split(separator: UInt8(ascii: "\n"))
        where !line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) {
            do throws(PlainJSONError) {
                var reader = PlainJSONReader(line)
                var element = try Self.element(&reader, latest: latest)
                try reader.end()
                element.range = line.startIndex + element.range.lowerBound..<line.startIndex + element.range.upperBound
                elements.append(element)
            } catch .malformed {
                elements.append(Element(event: nil, value: nil, range: line.indices))
            } catch {
                throw error
            }
        }
    }

    private static func element(_ reader: inout PlainJSONReader, latest: Int64) throws(PlainJSONError) -> Element {
        reader.skipSpace()
        let start = reader.position
        let value = try reader.value()
        let range = start..<reader.position
        return Element(
            event: PlainEvent(value, bytesCount: range.count, latest: latest), value: value, range: range)
    }
}
