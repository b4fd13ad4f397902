import DealHealthCore
import DealHealthEngine
import HTTPTypes
import Metrics
import NIOCore

/// Answers the reads at the front of a connection's input, from published state: no hop, no task, and no allocation but for the
/// output's growth to its full size and the templates' once a second.
///
/// One for each event loop, to which it belongs: its output buffer serves all connections in turn, since each batch is written
/// and flushed before the next begins. When a slow peer keeps the channel from writing it at once, `clear` takes new memory.
///
/// *Seam:* authentication and rate limits belong into `answer(_:)`, between the parser's verdict and the answer; a request that
/// is to be refused can simply be handed to the slow lane (`Next.slow`), which refuses it by the same rules.
final class FastReads {
    /// Why a batch ended.
    enum Next: Equatable {
        /// The rest is the beginning of a request, or nothing.
        case moreInput
        /// The output is full; there may be more to answer.
        case moreOutput
        /// The next request is the slow lane's: `headCount + bodyCount` bytes.
        case slow(count: Int)
        /// The next bytes, and all that follow, are the slow lane's.
        case uncertain
    }

    /// What became of the input.
    struct Outcome {
        /// Bytes of it that were answered.
        var count: Int
        /// When that was done; nil when there was nothing to answer.
        var endedAt: NIODeadline?
        var next: Next
    }

    /// Bytes of output after which a batch ends: what a channel takes before it is no longer writable.
    static let outputBytesMax = 64 << 10

    /// The answers of the latest batch.
    private(set) var output = JSONWriter(capacity: 4 << 10)

    private let handle: EngineHandle
    private let metrics: HTTPMetrics
    private let duration: Metrics.Timer
    /// Counters by status, made when first needed, so that the lanes show the same series.
    private var knownDeals: Counter?
    private var unknownDeals: Counter?
    private var templates = AnswerTemplates(now: .now())

    init(handle: EngineHandle, metrics: HTTPMetrics) {
        self.handle = handle
        self.metrics = metrics
        duration = metrics.duration(of: .dealHealth)
    }

    /// Answers the requests at the front of `input`, in order, into `output`; tells how many bytes they took, and what is next.
    ///
    /// The clocks are read once for all of them; they are as much at the same time as any reads are that arrive together.
    func answer(_ input: UnsafeRawBufferPointer) -> Outcome {
        // Taken out for the length of the batch: a class's field is checked for exclusive access each time it is touched.
        var output = JSONWriter.none
        swap(&output, &self.output)
        defer { swap(&output, &self.output) }
        let outputStart = output.buffer.readableBytes
        var position = 0
        var batch: Batch?
        var next: Next?
        while next == nil {
            let rest = UnsafeRawBufferPointer(rebasing: input[position...])
            switch OrdinaryRequest.parse(rest) {
            case .incomplete: next = .moreInput
            case .uncertain: next = .uncertain
            case .other(let headCount, let bodyCount): next = .slow(count: headCount + bodyCount)
            case .healthRead(let id, let headCount):
                if batch == nil { batch = begin() }
                let dealID = UnsafeRawBufferPointer(rebasing: rest[id])
                guard batch?.write(dealID, to: &output) != nil else {
                    next = .slow(count: headCount)
                    break
                }
                position += headCount
                if output.buffer.readableBytes - outputStart >= Self.outputBytesMax { next = .moreOutput }
            }
            if position == input.count, next == nil { next = .moreInput }
        }
        return Outcome(count: position, endedAt: batch.map(end), next: next ?? .moreInput)
    }

    /// Makes room for the next batch.
    func clear() {
        output.clear()
    }

    // MARK: a batch

    private struct Batch {
        let engine: Engine
        let scoring: ScoringSettings
        let templates: AnswerTemplates
        let asOf: Timestamp
        let start: NIODeadline
        var known = 0
        var unknown = 0

        var count: Int { known + unknown }

        /// Writes the answer for one deal.
        mutating func write(_ dealID: UnsafeRawBufferPointer, to output: inout JSONWriter) {
            guard let state = engine.state(of: dealID) else {
                output.bytes(templates.unknownDeal)
                unknown += 1
                return
            }
            let score = Score(of: state, at: asOf, settings: scoring)
            let headStart = output.buffer.writerIndex
            output.bytes(templates.okHead)
            let bodyStart = output.buffer.writerIndex
            HealthBody.write(dealID: dealID, state: state, score: score, asOf: asOf, to: &output)
            let bodyCount = output.buffer.writerIndex - bodyStart
            precondition(AnswerTemplates.bodyCounts.contains(bodyCount), "a body's length has three digits")
            output.overwrite(at: headStart + AnswerTemplates.lengthOffset, threeDigits: bodyCount)
            known += 1
        }
    }

    /// Nil when reads are for the slow lane: no engine yet, or draining.
    private func begin() -> Batch? {
        guard let engine = handle.engine, !handle.isDraining else { return nil }
        let now = NIODeadline.now()
        if now >= templates.expiresAt { templates = AnswerTemplates(now: now) }
        return Batch(
            engine: engine, scoring: engine.scoring, templates: templates, asOf: engine.now(), start: now)
    }

    /// Counts the batch's requests, each with an equal share of the time; when it ended.
    private func end(_ batch: Batch) -> NIODeadline {
        if batch.known > 0 {
            let counter = knownDeals ?? metrics.counter(.dealHealth, .get, .ok)
            counter.increment(by: batch.known)
            knownDeals = counter
        }
        if batch.unknown > 0 {
            let counter = unknownDeals ?? metrics.counter(.dealHealth, .get, Problem.unknownDeal.status)
            counter.increment(by: batch.unknown)
            unknownDeals = counter
        }
        let now = NIODeadline.now()
        let each = (now - batch.start).nanoseconds / Int64(batch.count)
        for _ in 0..<batch.count { duration.recordNanoseconds(each) }
        return now
    }
}
