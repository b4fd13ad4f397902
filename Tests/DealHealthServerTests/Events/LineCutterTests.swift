import DealHealthCore
import Testing

@testable import DealHealthServer

@Suite struct LineCutterTests {
    private static func pieces(_ chunks: [[UInt8]]) -> [LineCutter.Piece] {
        var cutter = LineCutter()
        var pieces: [LineCutter.Piece] = []
        for chunk in chunks {
            pieces += chunk.withUnsafeBytes { cutter.append($0) }
            #expect(cutter.heldBytes <= Limits.submissionBytesMax)
        }
        return pieces + cutter.finish()
    }

    @Test func everySplitGivesTheSamePieces() {
        let bytes = Array("first\n\nsecond\r\n third".utf8)
        for split in 0...bytes.count {
            #expect(Self.pieces([Array(bytes[..<split]), Array(bytes[split...])]) == [.lines(bytes)])
        }
        #expect(Self.pieces(bytes.map { [$0] }) == [.lines(bytes)])
    }

    @Test func anEmptyStreamHasNoPieces() {
        #expect(Self.pieces([]) == [] && Self.pieces([[], []]) == [])
    }

    @Test func piecesAreBoundedAndLoseNothing() {
        let line = Array(String(repeating: "x", count: 999).utf8) + [0x0A]
        let bytes = Array(repeating: line, count: 3_000).flatMap { $0 }
        for chunkSize in [7_777, 65_536, bytes.count] {
            let chunks = stride(from: 0, to: bytes.count, by: chunkSize).map {
                Array(bytes[$0..<min($0 + chunkSize, bytes.count)])
            }
            let pieces = Self.pieces(chunks)
            #expect(pieces.count == 3)
            var all: [UInt8] = []
            for case .lines(let lines) in pieces {
                #expect(lines.count <= Limits.submissionBytesMax && lines.last == 0x0A)
                all += lines
            }
            #expect(all == bytes)
        }
    }

    @Test(arguments: [1, 4_096, 1 << 20])
    func anOversizedLineIsDroppedAndTheRestGoesOn(chunkSize: Int) {
        let long = Array(repeating: UInt8(ascii: "y"), count: Limits.eventBytesMax + 2)
        let fitting = Array(repeating: UInt8(ascii: "z"), count: Limits.eventBytesMax) + [0x0D, 0x0A]
        let bytes = Array("a\n".utf8) + long + Array("\nb\n".utf8) + fitting + long + long
        let chunks = stride(from: 0, to: bytes.count, by: chunkSize).map {
            Array(bytes[$0..<min($0 + chunkSize, bytes.count)])
        }
        let expected: [LineCutter.Piece] = [
            .lines(Array("a\n".utf8)), .oversizedLine, .lines(Array("b\n".utf8) + fitting), .oversizedLine,
        ]
        #expect(Self.pieces(chunks) == expected)
    }
}
