import DealHealthCore
import Foundation

/// A stream of lines is cut into the same pieces whatever the chunks it arrives in; no line is lost, changed or joined with another, and
/// only those over the limit are dropped.
enum StreamCheck {
    /// Stands for a run of letters, of as many KiB as the next byte says: a few bytes of input make a long line.
    private static let run: UInt8 = 0xFF
    private static let letters = [UInt8](repeating: UInt8(ascii: "x"), count: 255 << 10)
    /// Bytes of a stream: one submission and the beginning of the next.
    private static let streamBytesMax = Limits.submissionBytesMax * 5 / 4
    private static let lineBytesMax = Limits.eventBytesMax + 1

    static func check(_ input: [UInt8]) throws(Fault) {
        let stream = expand(input)
        let step = Int(input.first ?? 0) + 1
        let pieces = try cut(stream, chunkBytes: max(stream.count, 1))
        for chunkBytes in [step * 257, stream.count < 1_024 ? 1 : 4_093] {
            let again = try cut(stream, chunkBytes: chunkBytes)
            try require(areSame(again, pieces), "other pieces for chunks of \(chunkBytes)")
        }
        let lines = pieces.flatMap { piece in piece.map { split($0) } ?? [nil] }
        let expected = split(stream).map { line -> [UInt8]? in
            guard let line else { return nil }
            return line.count - (line.last == 0x0A ? 1 : 0) > lineBytesMax ? nil : line
        }
        try require(areSame(lines, expected), "\(lines.count) lines come out of \(expected.count), or others")
    }

    /// The pieces of a stream that arrives in chunks of so many bytes; nil stands for an oversized line.
    private static func cut(_ stream: [UInt8], chunkBytes: Int) throws(Fault) -> [[UInt8]?] {
        var cutter = LineCutter()
        var pieces: [LineCutter.Piece] = []
        for start in stride(from: 0, to: stream.count, by: chunkBytes) {
            stream[start..<min(start + chunkBytes, stream.count)].withUnsafeBytes { pieces += cutter.append($0) }
            try require(cutter.heldBytes <= Limits.submissionBytesMax, "\(cutter.heldBytes) bytes are held")
        }
        pieces += cutter.finish()
        var cut: [[UInt8]?] = []
        for piece in pieces {
            guard case .lines(let bytes) = piece else {
                cut.append(nil)
                continue
            }
            try require(!bytes.isEmpty && bytes.count <= Limits.submissionBytesMax, "a piece of \(bytes.count) bytes")
            cut.append(bytes)
        }
        return cut
    }

    /// The lines, each with its line feed; the last may lack it.
    private static func split(_ bytes: [UInt8]) -> [[UInt8]?] {
        var lines: [[UInt8]?] = []
        bytes.withUnsafeBytes { bytes in
            var start = 0
            while start < bytes.count, let base = bytes.baseAddress {
                let lineFeed = memchr(base + start, 0x0A, bytes.count - start)
                let end = lineFeed.map { UnsafeRawPointer($0) - base + 1 } ?? bytes.count
                lines.append(Array(bytes[start..<end]))
                start = end
            }
        }
        return lines
    }

    /// By `memcmp`: compared byte by byte, under the fuzzer's eyes, a stream takes a fifth of a second.
    private static func areSame(_ some: [[UInt8]?], _ others: [[UInt8]?]) -> Bool {
        some.count == others.count
            && zip(some, others).allSatisfy { some, other in
                guard let some, let other else { return some == nil && other == nil }
                return some.count == other.count && memcmp(some, other, some.count) == 0
            }
    }

    private static func expand(_ input: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = []
        var rest = input[...]
        while let byte = rest.popFirst(), stream.count < streamBytesMax {
            if byte == run, let kibibytes = rest.popFirst() {
                stream.append(contentsOf: letters.prefix(Int(kibibytes) << 10))
            } else {
                stream.append(byte)
            }
        }
        return stream
    }
}
