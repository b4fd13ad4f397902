import DealHealthCore
import DealHealthEngine
import Testing

@testable import DealHealthServer

@Suite struct ListCursorTests {
    private static let now = Timestamp(microseconds: 1_780_000_000_000_000)

    @Test func base64ReadsBack() {
        for length in 0..<70 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255) }
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
        }
        #expect(Base64URL.encode([0xFB, 0xFF]) == "-_8")
    }

    @Test(arguments: ["A", "AAAAA", "AA==", "A+", "AB", "A A", "é", "AAB"])
    func otherTextIsNoBase64(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test func cursorsReadBack() throws {
        for order in DealListQuery.Order.allCases {
            for rank in [-99.99, 0, -0.0, 1e-300, -1.78e15] {
                let cursor = ListCursor(
                    order: order, asOf: Self.now, after: DealListPosition(rank: rank, dealID: "deal/é 1"))
                let read = try #require(ListCursor(cursor.text, now: Self.now))
                #expect(read.order == order && read.asOf == Self.now && read.after.dealID == "deal/é 1")
                #expect(read.after.rank.bitPattern == rank.bitPattern)
            }
        }
    }

    @Test func forgedCursorsAreRefusedOrHarmless() throws {
        let good = ListCursor(order: .worst, asOf: Self.now, after: DealListPosition(rank: 50, dealID: "a"))
        let bytes = try #require(Base64URL.decode(good.text))
        func isTaken(_ change: (inout [UInt8]) -> Void) -> Bool {
            var changed = bytes
            change(&changed)
            return ListCursor(Base64URL.encode(changed), now: Self.now) != nil
        }
        #expect(isTaken { _ in })
        #expect(!isTaken { $0[0] = 2 } && !isTaken { $0[1] = 3 } && !isTaken { $0.removeLast() })
        #expect(!isTaken { $0[9] = 0x80 } && !isTaken { $0[9] = 0x7F }, "an instant before 1970, or far in the future")
        #expect(!isTaken { for index in 10..<18 { $0[index] = 0xFF } }, "a rank that is no number")
        #expect(!isTaken { $0[18] = 0xFF } && !isTaken { $0 += Array(repeating: 0x61, count: 255) })
        for text in ["", "x", "AAAA", good.text + "A", good.text + "AAAA" + String(repeating: "A", count: 400)] {
            _ = ListCursor(text, now: Self.now)
        }
        #expect(ListCursor(good.text, now: Self.now - .seconds(301)) == nil)
    }
}
