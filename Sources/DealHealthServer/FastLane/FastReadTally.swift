import HTTPTypes
import Metrics
import NIOCore

/// The kinds of answers that the fast lane gives.
enum FastAnswer: Int, CaseIterable {
    case getKnown, getUnmodified, getUnknown
    case headKnown, headUnmodified, headUnknown
    case manyListed, manyPosted

    fileprivate var route: Route {
        switch self {
        case .manyListed, .manyPosted: .manyDealsHealth
        default: .dealHealth
        }
    }

    fileprivate var method: KnownMethod {
        switch self {
        case .getKnown, .getUnmodified, .getUnknown, .manyListed: .get
        case .headKnown, .headUnmodified, .headUnknown: .head
        case .manyPosted: .post
        }
    }

    var status: HTTPResponse.Status {
        switch self {
        case .getKnown, .headKnown, .manyListed, .manyPosted: .ok
        case .getUnmodified, .headUnmodified: .notModified
        case .getUnknown, .headUnknown: Problem.unknownDeal.status
        }
    }
}

/// Counts the fast lane's answers, batch by batch, in the same series as the slow lane's.
struct FastReadTally {
    /// The answers of one batch.
    struct Counts {
        fileprivate var answers = InlineArray<8, Int>(repeating: 0)
        /// Deals in the answers to reads of many.
        fileprivate var manyDeals = 0

        init() {
            precondition(answers.count == FastAnswer.allCases.count)
        }

        mutating func add(_ answer: FastAnswer, deals: Int = 0) {
            answers[answer.rawValue] += 1
            manyDeals += deals
        }

        fileprivate var many: Int { self[.manyListed] + self[.manyPosted] }
        fileprivate var one: Int { answers.indices.reduce(0) { $0 + answers[$1] } - many }

        fileprivate subscript(answer: FastAnswer) -> Int { answers[answer.rawValue] }
    }

    private let metrics: HTTPMetrics
    private let durationOfOne: Metrics.Timer
    private let durationOfMany: Metrics.Timer
    /// By `FastAnswer.rawValue`; made when first needed, so that both lanes show the same series.
    private var counters: [Counter?] = Array(repeating: nil, count: FastAnswer.allCases.count)

    init(metrics: HTTPMetrics) {
        self.metrics = metrics
        durationOfOne = metrics.duration(of: .dealHealth)
        durationOfMany = metrics.duration(of: .manyDealsHealth)
    }

    /// Adds the answers of a batch that began at `start`, each with a share of the time by the deals in it.
    mutating func add(_ counts: Counts, since start: NIODeadline) {
        let (one, many) = (counts.one, counts.many)
        guard one + many > 0 else { return }
        for answer in FastAnswer.allCases where counts[answer] > 0 {
            let counter = counters[answer.rawValue] ?? metrics.counter(answer.route, answer.method, answer.status)
            counter.increment(by: counts[answer])
            counters[answer.rawValue] = counter
        }
        let now = NIODeadline.now()
        // A read of no deals takes time, too.
        let each = (now - start).nanoseconds / Int64(max(1, one + counts.manyDeals))
        for _ in 0..<one { durationOfOne.recordNanoseconds(each) }
        if many > 0 {
            let eachMany = each * Int64(counts.manyDeals) / Int64(many)
            for _ in 0..<many { durationOfMany.recordNanoseconds(eachMany) }
        }
    }
}
