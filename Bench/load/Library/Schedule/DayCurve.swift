import Foundation

/// How much of a day's traffic each equal step of it has: a CSV file with a header whose last column is the share, any unit.
///
/// ```
/// hour,share
/// 0,0.0312
/// 1,0.0271
/// ```
public struct DayCurve: Sendable, Hashable {
    /// Each step's rate over the day's mean: 1 on average.
    public let weights: [Double]

    /// - Throws: when a line's last column is no number from 0 on, or there are no lines with more than 0.
    public init(csv text: String, name: String) throws(LoadError) {
        let lines = text.split(whereSeparator: \.isNewline).dropFirst()
        guard (1...LoadLimits.curveLinesMax).contains(lines.count) else {
            throw LoadError(
                .scenario,
                "\(name): a curve is a header and then 1 to \(LoadLimits.curveLinesMax) lines, one for each step of the day"
            )
        }
        var shares: [Double] = []
        for (index, line) in lines.enumerated() {
            let field = line.split(separator: ",", omittingEmptySubsequences: false).last ?? ""
            guard let share = Double(field.trimmingCharacters(in: .whitespaces)), share >= 0, share.isFinite else {
                throw LoadError(
                    .scenario, "\(name), line \(index + 2): the last column must be a number from 0 on, not '\(field)'")
            }
            shares.append(share)
        }
        let mean = shares.reduce(0, +) / Double(shares.count)
        guard mean > 0 else { throw LoadError(.scenario, "\(name): every share is 0") }
        weights = shares.map { $0 / mean }
    }

    public init(contentsOf path: String) throws(LoadError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw LoadError(.scenario, "cannot read the curve \(path)")
        }
        try self.init(csv: String(decoding: data, as: UTF8.self), name: path)
    }

    /// The whole day in `seconds`, at `mean` arrivals a second on average. Each step keeps its rate: a day's hours have
    /// the arrivals that they had, times a factor.
    func segments(mean: Double, seconds: Double) -> [Segment] {
        weights.map { Segment(seconds: seconds / Double(weights.count), rate: $0 * mean) }
    }
}
