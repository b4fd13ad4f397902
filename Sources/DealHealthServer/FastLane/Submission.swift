import DealHealthCore
import DealHealthEngine
import DealHealthReactor
import HTTPTypes
import Hummingbird
import NIOCore

/// The events of several senders on their way through the engine.
struct Submission: Sendable {
    /// Who posted one event; its index in the batch is the sender's place.
    struct Sender: Sendable {
        let connection: ConnectionKey
        let ticket: Admission.Ticket
        let start: NIODeadline
        /// Field lines that its answer carries.
        let answerFields: [UInt8]
        /// Who it is, where requests are logged.
        let visitor: AccessLog.Visitor?
    }

    let engine: Engine
    let handle: EngineHandle
    let metrics: HTTPMetrics
    let admission: Admission
    let port: ReplyPort
    let accessLog: AccessLog?
    let batch: EventBatch
    let senders: [Sender]

    /// Submits all, and answers each sender when all are durable and visible.
    func run() async {
        var replies = Replies()
        do {
            answer(try await handle.submit(batch, to: engine), &replies)
        } catch {
            let problem = Problem(error)
            let answer = problem.wholeAnswer()
            for sender in senders { reply(to: sender, answer, problem.status, &replies) }
        }
        port.send(replies)
    }

    /// What most events get is the same bytes for all, the position included: they are durable and visible together.
    private func answer(_ receipt: Receipt, _ replies: inout Replies) {
        var duplicates = Set(receipt.duplicateIndexes)
        var rejections: [Int: Rejection] = [:]
        for rejection in receipt.rejected { rejections[rejection.index] = rejection }
        let accepted = Self.answer(accepted: 1, duplicates: 0, receipt.lsn)
        let duplicate = duplicates.isEmpty ? accepted : Self.answer(accepted: 0, duplicates: 1, receipt.lsn)
        for (index, sender) in senders.enumerated() {
            if let rejection = rejections[index] {
                let problem = Problem(rejection)
                reply(to: sender, problem.wholeAnswer(), problem.status, &replies)
            } else {
                let isDuplicate = duplicates.remove(index) != nil
                reply(to: sender, isDuplicate ? duplicate : accepted, .ok, &replies)
            }
        }
    }

    private static func answer(accepted: Int, duplicates: Int, _ lsn: LSN) -> WholeAnswer {
        var json = JSONWriter()
        IngestTally(accepted: accepted, duplicates: duplicates, lsn: lsn).write(to: &json)
        return WholeAnswer(status: .ok, fields: Response(json).headers, json)
    }

    private func reply(
        to sender: Sender, _ answer: WholeAnswer, _ status: HTTPResponse.Status, _ replies: inout Replies
    ) {
        replies.append(answer.bytes(with: sender.answerFields), to: sender.connection)
        admission.end(sender.ticket)
        let duration = NIODeadline.now() - sender.start
        metrics.answered(.events, .post, status, in: duration)
        if let accessLog, let visitor = sender.visitor {
            accessLog.note(
                .post, Route.events.template, status, in: .nanoseconds(duration.nanoseconds), visitor)
        }
    }
}
