import DealHealthCore
import Foundation

/// Cuts a stream of bytes at line feeds into pieces for one submission each, whatever the chunks it arrives in.
///
/// Holds at most `Limits.submissionBytesMax` bytes. A pure value: the pieces depend on the bytes alone, not on the chunks.
struct LineCutter {
    /// What comes out, in order.
    enum Piece: Equatable {
        /// Whole lines; the stream's last one may lack its line feed.
        case lines([UInt8])
        /// A line too long to be an event. Its bytes are gone.
        case oversizedLine
    }

    /// One byte more than an event, for the carriage return before a line feed.
    private static let lineBytesMax = Limits.eventBytesMax + 1

    /// Whole lines, then the beginning of the next.
    private var held: [UInt8] = []
    /// Where the unfinished line begins. *Invariant:* in [0, held.count], and the line is at most `lineBytesMax` long.
    private var lineStart = 0
    /// Whether the rest of an oversized line is being dropped.
    private var isSkipping = false

    init() {}

    /// Bytes held at present.
    var heldBytes: Int {
        held.count
    }

    /// Takes the next bytes of the stream; returns the pieces that are complete.
    mutating func append(_ bytes: UnsafeRawBufferPointer) -> [Piece] {
        var pieces: [Piece] = []
        var position = 0
        while position < bytes.count {
            let lineFeed = Self.lineFeed(in: bytes, from: position)
            let end = lineFeed ?? bytes.count
            let segment = UnsafeRawBufferPointer(rebasing: bytes[position..<end])
            position = lineFeed.map { $0 + 1 } ?? bytes.count
            if isSkipping {
                isSkipping = lineFeed == nil
            } else if held.count - lineStart + segment.count > Self.lineBytesMax {
                held.removeSubrange(lineStart...)
                takeLines(into: &pieces)
                pieces.append(.oversizedLine)
                isSkipping = lineFeed == nil
            } else {
                append(segment, endsLine: lineFeed != nil, &pieces)
            }
        }
        return pieces
    }

    /// The end of the stream: what is held is the last piece.
    mutating func finish() -> [Piece] {
        var pieces: [Piece] = []
        lineStart = held.count
        takeLines(into: &pieces)
        return pieces
    }

    /// The place of the next line feed at or after `start`, which MUST be inside; `memchr`, since every byte passes here.
    private static func lineFeed(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = bytes.baseAddress, let found = memchr(base + start, 0x0A, bytes.count - start) else {
            return nil
        }
        return UnsafeRawPointer(found) - base
    }

    private mutating func append(_ segment: UnsafeRawBufferPointer, endsLine: Bool, _ pieces: inout [Piece]) {
        if held.count + segment.count + 1 > Limits.submissionBytesMax { takeLines(into: &pieces) }
        held.append(contentsOf: segment)
        if endsLine {
            held.append(UInt8(ascii: "\n"))
            lineStart = held.count
        }
    }

    /// Hands out the whole lines that are held.
    private mutating func takeLines(into pieces: inout [Piece]) {
        guard lineStart > 0 else { return }
        let unfinished = Array(held[lineStart...])
        held.removeSubrange(lineStart...)
        pieces.append(.lines(held))
        held = unfinished
        held.reserveCapacity(Limits.submissionBytesMax)
        lineStart = 0
    }
}
