import DealHealthReactor
import Dispatch
import Synchronization

/// A line protocol: `echo x` is answered `x`, `later x` too, but from another thread after the turn, `big n` with `n` bytes, `close`
/// with `bye`, after which the connection ends. Whoever sends anything else, or a line that is too long, is handed over.
///
/// - `big n` ends a call of `answer`, as an output that is full does.
final class LineAnswerer: RequestAnswerer {
    let requestBytesMax = 256
    private let answeredCount: AnsweredCount
    private let port: ReplyPort
    private var output: [UInt8] = []
    private var replies = Replies()
    private var hasReplies = false

    init(_ answeredCount: AnsweredCount, _ port: ReplyPort) {
        self.answeredCount = answeredCount
        self.port = port
    }

    func answer(
        _ input: UnsafeRawBufferPointer, from connection: ConnectionKey, of _: PeerAddress, turnStart: UInt64
    ) -> Answers {
        var position = 0
        while let length = input[position...].prefix(requestBytesMax).firstIndex(of: UInt8(ascii: "\n")) {
            let words = String(decoding: input[position..<length], as: UTF8.self).split(separator: " ")
            let end = length + 1
            switch words.first {
            case "echo" where words.count == 2:
                output += Array(words[1].utf8) + [UInt8(ascii: "\n")]
            case "later" where words.count == 2:
                replies.append(Array(words[1].utf8) + [UInt8(ascii: "\n")], to: connection)
                hasReplies = true
                answeredCount.add()
                return Answers(count: end, next: .later)
            case "big":
                output += Self.big(Int(words[1]) ?? 0)
                answeredCount.add()
                return Answers(count: end, next: .moreOutput)
            case "close":
                output += Array("bye\n".utf8)
                answeredCount.add()
                return Answers(count: end, next: .close)
            default:
                return Answers(count: position, next: .handOver)
            }
            answeredCount.add()
            position = end
        }
        let isTooLong = input.count - position >= requestBytesMax
        return Answers(count: position, next: isTooLong ? .handOver : .moreInput)
    }

    static func big(_ count: Int) -> [UInt8] {
        Array(repeating: UInt8(ascii: "b"), count: count) + [UInt8(ascii: "\n")]
    }

    var outputCount: Int { output.count }

    func takeOutput(_ body: (UnsafeRawBufferPointer) -> Void) {
        output.withUnsafeBytes(body)
        output.removeAll(keepingCapacity: true)
    }

    func endTurn() {
        guard hasReplies else { return }
        DispatchQueue.global().async { [port, replies] in port.send(replies) }
        replies = Replies()
        hasReplies = false
    }
}

/// Requests that the answerers of a group have answered.
final class AnsweredCount: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .relaxed) }

    func add() {
        count.wrappingAdd(1, ordering: .relaxed)
    }
}
