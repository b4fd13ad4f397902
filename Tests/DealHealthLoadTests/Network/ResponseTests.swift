import Testing

@testable import DealHealthLoad

/// Where responses end, however they arrive.
struct ResponseTests {
    private static func scan(_ text: String) throws -> ResponseHead? {
        try Array(text.utf8).withUnsafeBytes { bytes in try ResponseHead.scan(bytes) }
    }

    private static func length(_ text: String) throws -> Int? {
        guard case .length(let length) = try scan(text)?.framing else { return nil }
        return length
    }

    @Test func headIsWholeOnlyWithItsEmptyLine() throws {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n"
        for count in 0..<text.utf8.count {
            #expect(try Self.scan(String(decoding: text.utf8.prefix(count), as: UTF8.self)) == nil)
        }
        let head = try #require(try Self.scan(text + "hello"))
        #expect(head.length == text.utf8.count)
        #expect(head.status == 200)
        #expect(head.closes)
        #expect(try Self.length(text) == 5)
    }

    @Test func fieldNamesHaveAnyCaseAndValuesAnySpaces() throws {
        #expect(try Self.length("HTTP/1.1 200 OK\r\ncONTENT-lENGTH:7 \r\n\r\n") == 7)
        #expect(try Self.length("HTTP/1.1 200 OK\r\nContent-Lengths: 7\r\nContent-Length: \t8\r\n\r\n") == 8)
    }

    @Test func bodiesThatCannotBeAreNot() throws {
        #expect(try Self.length("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n") == 0)
        #expect(try Self.length("HTTP/1.1 204 No Content\r\n\r\n") == 0)
        #expect(try Self.length("HTTP/1.1 100 Continue\r\n\r\n") == 0)
    }

    @Test func connectionIsKeptOrEndedAsTheVersionSays() throws {
        #expect(try Self.scan("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")?.closes == true)
        #expect(
            try Self.scan("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n")?.closes == false)
        #expect(try Self.scan("HTTP/1.1 200 OK\r\n\r\n")?.closes == true, "only the end tells where the body ends")
    }

    @Test func retryAfterIsSeconds() throws {
        #expect(try Self.scan("HTTP/1.1 503 No\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n")?.retryAfter == 3)
        #expect(try Self.scan("HTTP/1.1 503 No\r\nRetry-After: Sat, 1 Jan\r\n\r\n")?.retryAfter == nil)
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 999 OK\r\n\r\n", "\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999\r\n\r\n",
    ])
    func otherProtocolsAreMalformed(text: String) {
        #expect(throws: ResponseHead.Malformed.self) { try Self.scan(text) }
    }

    @Test func chunksEndWhereverTheyAreCut() throws {
        let text = Array("5\r\nhello\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n".utf8)
        for cut in 0...text.count {
            var body = ChunkedBody()
            var taken = 0
            for part in [text[..<cut], text[cut...] + Array("HTTP".utf8)] {
                taken += try Array(part).withUnsafeBytes { bytes in try body.take(bytes) }
            }
            #expect(body.isComplete)
            #expect(taken == text.count)
        }
    }
}
