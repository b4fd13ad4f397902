import DealHealthCore

/// A stream of lines is cut into the same pieces whatever the chunks it arrives in; no line is lost, changed or joined with another, and
/// only those over the limit are dropped.
enum StreamCheck {
    /// Stands for a run of letters, of as many KiB as the next byte says: a few bytes of input make a long line.
    private static let run: UInt8 = 0xFF
    /// Bytes of a stream: one submission and the beginning of the next.
    private static let streamBytesMax = Limits.submissionBytesMax * 5 / 4
    private static let lineBytesMax = Limits.eventBytesMax + 1

    static func check(_ input: [UInt8]) throws(Fault) {
        let stream = expand(input)
        let step = Int(input.first ?? 0) + 1
        let pieces = try cut(stream, chunkBytes: max(stream.count, 1))
        for chunkBytes in [step * 257, stream.count < 4_096 ? 1 : 4_093] {
            try require(try cut(stream, chunkBytes: chunkBytes) == pieces, "other pieces for chunks of \(chunkBytes)")
        }
        var lines: [[UInt8]?] = []
        for piece in pieces {
            switch piece {
            case .oversizedLine: lines.append(nil)
            case .lines(let bytes):
                try require(
                    !bytes.isEmpty && bytes.count <= Limits.submissionBytesMax, "a piece of \(bytes.count) bytes")
                lines.append(contentsOf: split(bytes))
            }
        }
        let expected = split(stream).map { $0.count - ($0.last == 0x0A ? 1 : 0) > lineBytesMax ? nil : $0 }
        try require(lines == expected, "\(lines.count) lines come out of \(expected.count), or others")
    }

    private static func cut(_ stream: [UInt8], chunkBytes: Int) throws(Fault) -> [LineCutter.Piece] {
        var cutter = LineCutter()
        var pieces: [LineCutter.Piece] = []
        for start in stride(from: 0, to: stream.count, by: chunkBytes) {
            stream[start..<min(start + chunkBytes, stream.count)].withUnsafeBytes { pieces += cutter.append($0) }
            try require(cutter.heldBytes <= Limits.submissionBytesMax, "\(cutter.heldBytes) bytes are held")
        }
        return pieces + cutter.finish()
    }

    /// The lines, each with its line feed; the last may lack it.
    private static func split(_ bytes: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
            lines.append(Array(bytes[start..<end]))
            start = end
        }
        return lines
    }

    private static func expand(_ input: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = []
        var rest = input[...]
        while let byte = rest.popFirst(), stream.count < streamBytesMax {
            if byte == run, let kibibytes = rest.popFirst() {
                stream.append(contentsOf: repeatElement(UInt8(ascii: "x"), count: Int(kibibytes) << 10))
            } else {
                stream.append(byte)
            }
        }
        return stream
    }
}
