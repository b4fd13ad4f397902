import DealHealthCore
import DealHealthEngine
import DealHealthReactor
import HTTPTypes
import Metrics
import NIOCore

/// Answers the reads at the front of a connection's input, from published state: no hop, no task, and no allocation but for the
/// output's growth to its full size and the templates' once a second.
///
/// One for each thread that serves connections, to which it belongs: its output serves all of them. A reactor lets the answers of a turn
/// gather in it; a channel writes each batch before the next begins, and when a slow peer keeps it from that, `clear` takes new
/// memory.
///
/// Who may not pass the front door is refused here, too (`Doorkeeper`).
final class FastReads {
    /// Why a batch ended.
    enum Next: Equatable {
        /// The rest is the beginning of a request, or nothing. Fewer than `inputBytesMax` bytes.
        case moreInput
        /// The output is full; there may be more to answer.
        case moreOutput
        /// The next request is the slow lane's: `headCount + bodyCount` bytes.
        case slow(count: Int)
        /// The next request posts one event.
        case event(EventPost)
        /// The next bytes, and all that follow, are the slow lane's.
        case uncertain
        /// The last answer ends the connection: once it is sent, nothing more is, and what else arrives is dropped.
        case close
    }

    /// What became of the input.
    struct Outcome {
        /// Bytes of it that were answered.
        var count: Int
        var next: Next
    }

    /// Bytes of input that a caller MUST be able to hold for one connection: those of the longest request that is answered.
    static let inputBytesMax = OrdinaryRequest.bytesMax
    /// Bytes of output after which a batch ends: what a channel takes before it is no longer writable. The last answer may go over
    /// it, by the health of `Limits.dealsPerReadMax` deals (some hundred KiB).
    static let outputBytesMax = 64 << 10

    /// The answers of the latest batch.
    private(set) var output = JSONWriter(capacity: 4 << 10)

    private let handle: EngineHandle
    private let metrics: HTTPMetrics
    private let admission: Admission
    private let doorkeeper: Doorkeeper
    private var tally: FastReadTally
    private var templates = AnswerTemplates(now: .now(), bucket: 0)
    private var manyDeals = ManyDealsScratch()
    private var sampler = HotDealSampler()

    init(handle: EngineHandle, metrics: HTTPMetrics, admission: Admission, doorkeeper: Doorkeeper) {
        self.handle = handle
        self.doorkeeper = doorkeeper
        self.metrics = metrics
        self.admission = admission
        tally = FastReadTally(metrics: metrics)
    }

    /// Answers the requests at the front of `input`, in order, into `output`; tells how many bytes they took, and what is next.
    ///
    /// The clocks are read once for all of them; they are as much at the same time as any reads are that arrive together.
    ///
    /// - Parameters:
    ///   - peer: who sent it.
    ///   - turnStart: since when the input has waited; one that has for too long is turned away.
    func answer(_ input: UnsafeRawBufferPointer, from peer: PeerAddress, turnStart: NIODeadline? = nil) -> Outcome {
        // Taken out for the length of the batch: a class's field is checked for exclusive access each time it is touched.
        var output = JSONWriter.none
        swap(&output, &self.output)
        defer { swap(&output, &self.output) }
        let outputStart = output.buffer.readableBytes
        var position = 0
        var batch: Batch?
        var isLate = false
        var next: Next?
        var sampler = sampler
        defer { self.sampler = sampler }
        while next == nil {
            let rest = UnsafeRawBufferPointer(rebasing: input[position...])
            switch OrdinaryRequest.parse(rest) {
            case .incomplete: next = .moreInput
            case .uncertain: next = .uncertain
            case .other(let headCount, 0) where shedHeavy(rest, to: &output): position += headCount
            case .other(let headCount, let bodyCount): next = .slow(count: headCount + bodyCount)
            case .eventPost(let post): next = .event(post)
            case .healthRead(let read):
                if batch == nil, !isLate { (batch, isLate) = begin(turnStart) }
                let isAnswered =
                    isLate
                    ? shed(read, to: &output) : respond(to: read, rest, from: peer, &batch, &sampler, to: &output)
                guard isAnswered else {
                    next = read.endsConnection ? .uncertain : .slow(count: read.count)
                    break
                }
                position += read.count
                if read.endsConnection {
                    next = .close
                } else if output.buffer.readableBytes - outputStart >= Self.outputBytesMax {
                    next = .moreOutput
                }
            }
            if position == input.count, next == nil { next = .moreInput }
        }
        if let batch { tally.add(batch.counts, since: batch.start) }
        return Outcome(count: position, next: next ?? .moreInput)
    }

    /// Answers a read, or refuses it; false, and nothing written, when it is the slow lane's.
    private func respond(
        to read: HealthRead, _ bytes: UnsafeRawBufferPointer, from peer: PeerAddress, _ batch: inout Batch?,
        _ sampler: inout HotDealSampler, to output: inout JSONWriter
    ) -> Bool {
        guard batch != nil else { return false }
        if refuse(read, bytes, peer, to: &output) { return true }
        let isWritten =
            batch?.write(read, bytes, &manyDeals, &sampler, fields: doorkeeper.answerFields, to: &output) ?? false
        guard isWritten, let batch else {
            doorkeeper.handOver()
            return false
        }
        if doorkeeper.accessLog != nil { log(read, bytes, batch.status, since: batch.start) }
        return true
    }

    // MARK: overload

    /// Turns a read away, because it has waited for too long already.
    private func shed(_ read: HealthRead, to output: inout JSONWriter) -> Bool {
        let answer = templates.shed[endsConnection: read.endsConnection]
        output.bytes(read.isHead ? Array(answer.dropLast(AnswerTemplates.shedBodyCount)) : answer)
        metrics.shed(read.route, read.method)
        return true
    }

    /// Refuses a read whose client may not make it, if so.
    private func refuse(
        _ read: HealthRead, _ bytes: UnsafeRawBufferPointer, _ peer: PeerAddress, to output: inout JSONWriter
    ) -> Bool {
        guard let problem = doorkeeper.admit(read.client, in: bytes, from: peer, needing: .readDeals) else {
            return false
        }
        let answer = problem.wholeAnswer(endsConnection: read.endsConnection)
        output.bytes(answer.bytes(with: doorkeeper.answerFields, hasBody: !read.isHead))
        metrics.answered(read.route, read.method, problem.status, in: .nanoseconds(0))
        log(read, bytes, problem.status, since: .now())
        return true
    }

    private func log(
        _ read: HealthRead, _ bytes: UnsafeRawBufferPointer, _ status: HTTPResponse.Status, since start: NIODeadline
    ) {
        guard let accessLog = doorkeeper.accessLog, let visitor = doorkeeper.visitor else { return }
        accessLog.note(
            read.method, RequestLine.target(bytes), status, in: .nanoseconds((NIODeadline.now() - start).nanoseconds),
            visitor)
    }

    /// Turns away a list or the like that the slow lane would turn away, at a fraction of the cost; whether it did.
    private func shedHeavy(_ request: UnsafeRawBufferPointer, to output: inout JSONWriter) -> Bool {
        guard admission.turnsHeavyAway, let path = RequestLine.pathOfGet(request),
            let route = Route.match(path)?.route, route.requestClass == .heavy
        else { return false }
        output.bytes(currentTemplates(.now()).shed.open)
        metrics.shed(route, .get)
        return true
    }

    /// Makes room for the next batch.
    func clear() {
        output.clear()
    }

    // MARK: a batch

    /// Memory that reads of many deals use in turn.
    private struct ManyDealsScratch {
        var ids: [Range<Int>] = []
        var body = JSONWriter(capacity: 4 << 10)
    }

    private struct Batch {
        let engine: Engine
        let scoring: ScoringSettings
        let templates: AnswerTemplates
        let asOf: Timestamp
        let start: NIODeadline
        /// Of the latest answer.
        private(set) var status = HTTPResponse.Status.ok
        var counts = FastReadTally.Counts()

        /// Writes the answer to `read`, whose first byte is that of `bytes`; false, and nothing written, when it is the slow lane's.
        mutating func write(
            _ read: HealthRead, _ bytes: UnsafeRawBufferPointer, _ scratch: inout ManyDealsScratch,
            _ sampler: inout HotDealSampler, fields: [UInt8], to output: inout JSONWriter
        ) -> Bool {
            switch read.deals {
            case .one(let id):
                let dealID = UnsafeRawBufferPointer(rebasing: bytes[id])
                let answer = one(dealID, read, bytes, fields, to: &output)
                counts.add(answer)
                status = answer.status
                sampler.pass(1) { _ in engine.hotReads.note(dealID, at: asOf) }
                return true
            case .listed(let list):
                scratch.ids.removeAll(keepingCapacity: true)
                guard PlainDealIDs.find(listed: list, in: bytes, into: &scratch.ids) else { return false }
                many(bytes, &scratch, &sampler, read, fields, to: &output)
                status = .ok
                counts.add(.manyListed, deals: scratch.ids.count)
                return true
            case .posted(let body):
                scratch.ids.removeAll(keepingCapacity: true)
                guard PlainDealIDs.find(posted: body, in: bytes, into: &scratch.ids) else { return false }
                many(bytes, &scratch, &sampler, read, fields, to: &output)
                status = .ok
                counts.add(.manyPosted, deals: scratch.ids.count)
                return true
            }
        }

        /// Writes the answer for one deal.
        private func one(
            _ dealID: UnsafeRawBufferPointer, _ read: HealthRead, _ bytes: UnsafeRawBufferPointer, _ fields: [UInt8],
            to output: inout JSONWriter
        ) -> FastAnswer {
            guard let state = engine.state(of: dealID) else {
                output.bytes(AnswerTemplates.unknownStart)
                output.bytes(AnswerTemplates.noStore)
                output.bytes(fields)
                output.bytes(templates.end[endsConnection: read.endsConnection])
                if !read.isHead { output.bytes(AnswerTemplates.unknownBody) }
                return read.isHead ? .headUnknown : .getUnknown
            }
            let end = templates.end[endsConnection: read.endsConnection]
            if let list = read.ifNoneMatch {
                let tag = HealthTag(bucket: templates.bucket, lsn: state.lastLSN)
                if tag.isListed(in: UnsafeRawBufferPointer(rebasing: bytes[list])) {
                    output.bytes(max: AnswerTemplates.headBytesMax + fields.count) { cursor in
                        cursor.append(templates.unmodifiedStart)
                        cursor.append(integer: state.lastLSN.value)
                        cursor.append(AnswerTemplates.tagEnd)
                        cursor.append(fields)
                        cursor.append(end)
                    }
                    return read.isHead ? .headUnmodified : .getUnmodified
                }
            }
            let assessment = Assessment(of: state, at: asOf, settings: scoring)
            output.bytes(max: AnswerTemplates.headBytesMax + fields.count + HealthBody.bytesMax(dealID)) { cursor in
                cursor.append(templates.okStart)
                cursor.append(integer: state.lastLSN.value)
                cursor.append(AnswerTemplates.tagEnd)
                cursor.append(fields)
                cursor.append(end)
                let headCount = cursor.count
                HealthBody.append(
                    dealID: dealID, state: state, assessment: assessment, asOf: asOf, to: &cursor)
                let bodyCount = cursor.count - headCount
                precondition(AnswerTemplates.bodyCounts.contains(bodyCount), "a body's length has three digits")
                cursor.overwrite(at: AnswerTemplates.lengthOffset, threeDigits: bodyCount)
                if read.isHead { cursor.truncate(to: headCount) }
            }
            return read.isHead ? .headKnown : .getKnown
        }

        /// Writes the answer for the deals at `scratch.ids`. The body comes first, since the head tells its length.
        private func many(
            _ bytes: UnsafeRawBufferPointer, _ scratch: inout ManyDealsScratch, _ sampler: inout HotDealSampler,
            _ read: HealthRead, _ fields: [UInt8], to output: inout JSONWriter
        ) {
            scratch.body.clear()
            ManyDealsBody.write(scratch.ids, in: bytes, engine, asOf, &sampler, to: &scratch.body)
            let body = scratch.body.buffer.readableBytesView
            output.bytes(max: AnswerTemplates.headBytesMax + fields.count + body.count) { cursor in
                cursor.append(AnswerTemplates.manyStart)
                cursor.append(integer: body.count)
                cursor.append("\r\n")
                cursor.append(AnswerTemplates.noStore)
                cursor.append(fields)
                cursor.append(templates.end[endsConnection: read.endsConnection])
                body.withUnsafeBytes { cursor.append($0) }
            }
        }
    }

    /// What answers reads that have waited since `turnStart`, or that they have waited for too long; neither when reads are for the
    /// slow lane: no engine yet.
    private func begin(_ turnStart: NIODeadline?) -> (batch: Batch?, isLate: Bool) {
        guard let engine = handle.engine else { return (nil, false) }
        let now = NIODeadline.now()
        if let turnStart, now - turnStart > TimeAmount(ServerLimits.readDelayMax) {
            _ = currentTemplates(now)
            return (nil, true)
        }
        let asOf = engine.now()
        let scoring = engine.scoring
        let batch = Batch(
            engine: engine, scoring: scoring.settings,
            templates: currentTemplates(now, bucket: HealthTag.bucket(scoring, asOf)), asOf: asOf, start: now)
        return (batch, false)
    }

    /// The templates of this second and, if it matters, of `bucket`.
    private func currentTemplates(_ now: NIODeadline, bucket: UInt64? = nil) -> AnswerTemplates {
        let bucket = bucket ?? templates.bucket
        if now >= templates.expiresAt || bucket != templates.bucket {
            templates = AnswerTemplates(now: now, bucket: bucket)
        }
        return templates
    }
}

extension HealthRead {
    fileprivate var route: Route {
        if case .one = deals { .dealHealth } else { .manyDealsHealth }
    }

    fileprivate var method: HTTPRequest.Method {
        if case .posted = deals { .post } else { isHead ? .head : .get }
    }
}
