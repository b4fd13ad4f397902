import DealHealthReactor
import NIOCore

/// What a reactor serves: reads of health at once, posted events once they are durable and visible. Everything else is handed over.
/// Belongs to the reactor's thread.
final class FastAnswerer: RequestAnswerer {
    private let reads: FastReads
    private let events: FastEvents

    init(reads: FastReads, events: FastEvents) {
        self.reads = reads
        self.events = events
    }

    var requestBytesMax: Int { FastReads.inputBytesMax }

    func answer(
        _ input: UnsafeRawBufferPointer, from connection: ConnectionKey, of peer: PeerAddress, turnStart: UInt64
    ) -> Answers {
        let turnStart = NIODeadline.uptimeNanoseconds(turnStart)
        let outcome = reads.answer(input, from: peer, turnStart: turnStart)
        switch outcome.next {
        case .moreInput: return Answers(count: outcome.count, next: .moreInput)
        case .moreOutput: return Answers(count: outcome.count, next: .moreOutput)
        case .close: return Answers(count: outcome.count, next: .close)
        case .slow, .uncertain: return Answers(count: outcome.count, next: .handOver)
        case .event(let post):
            let request = UnsafeRawBufferPointer(rebasing: input[outcome.count..<(outcome.count + post.count)])
            return events.take(post, in: request, from: connection, of: peer, turnStart: turnStart)
                ? Answers(count: outcome.count + post.count, next: .later)
                : Answers(count: outcome.count, next: .handOver)
        }
    }

    var outputCount: Int { reads.output.buffer.readableBytes }

    func takeOutput(_ body: (UnsafeRawBufferPointer) -> Void) {
        reads.output.buffer.withUnsafeReadableBytes(body)
        reads.clear()
    }

    func endTurn() {
        events.submit()
    }
}
