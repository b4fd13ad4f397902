import DealHealthReactor
import NIOCore

/// `FastReads` as a reactor calls it. Belongs to the reactor's thread.
final class ReactorReads: RequestAnswerer {
    private let reads: FastReads

    init(_ reads: FastReads) {
        self.reads = reads
    }

    var requestBytesMax: Int { OrdinaryRequest.headBytesMax }

    func answer(_ input: UnsafeRawBufferPointer) -> Answers {
        let outcome = reads.answer(input)
        let next: Answers.Next =
            switch outcome.next {
            case .moreInput: .moreInput
            case .moreOutput: .moreOutput
            case .slow, .uncertain: .handOver
            }
        return Answers(count: outcome.count, next: next)
    }

    var outputCount: Int { reads.output.buffer.readableBytes }

    func takeOutput(_ body: (UnsafeRawBufferPointer) -> Void) {
        reads.output.buffer.withUnsafeReadableBytes(body)
        reads.clear()
    }
}
