import DealHealthCore
import Foundation

/// A tip of `coupon-tips-*.tsv`, with what a person reads in it.
///
/// The tables were written by hand before the rules they test, in the language of coupon communities, and sorted by
/// the SHA-256 of the text; the first half is held out: no rule was written from one of its rows.
struct LabelledTip: Sendable, CustomStringConvertible {
    /// Which half of the tables.
    enum Half: String, Sendable, CaseIterable {
        /// Rules were written from these.
        case development
        /// And not from these. Look at the share that is right, not at the rows.
        case heldOut = "held-out"
    }

    /// "works" (also where it only names conditions), "fails" or "none" (a question, a plan, another subject).
    var label: String
    /// The conditions it states: names of kinds, with "=amount" where there is one.
    var conditions: Set<String>
    /// The tip.
    var text: String

    /// Named in test output.
    var description: String { "\(label): \(text)" }

    /// The rows of one half, in the order of the file.
    static func rows(_ half: Half) throws -> [LabelledTip] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "coupon-tips-\(half.rawValue).tsv")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst().map { line in
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            return LabelledTip(
                label: fields[0], conditions: Set(fields[1].split(separator: ",").map(String.init)), text: fields[2])
        }
    }

    /// The label that the rules give.
    static func label(_ judgement: TipJudgement) -> String {
        judgement.strength == 0 ? "none" : judgement.works ? "works" : "fails"
    }

    /// The conditions that the rules find, named as in the tables.
    static func conditions(_ reading: TipReading) -> Set<String> {
        Set(
            reading.conditions.filter { $0.kind != .other }.map { condition in
                condition.amount.map { "\(condition.kind.name)=\(Int($0))" } ?? condition.kind.name
            })
    }
}
