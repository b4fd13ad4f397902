/// Reads `phase NAME SHAPE …`.
enum PhaseParser {
    private static let shapes = "constant, ramp, step, spike, sawtooth and curve"

    /// - Parameter folder: where curves are.
    static func phase(_ line: inout ScenarioLine, folder: String) throws(LoadError) -> Phase {
        let name = try line.word("a name")
        let shape = try line.word("a shape (\(shapes))")
        let segments =
            switch shape {
            case "constant": try constant(&line)
            case "ramp": try ramp(&line)
            case "step": try step(&line)
            case "spike": try spike(&line)
            case "sawtooth": try sawtooth(&line)
            case "curve": try curve(&line, folder: folder)
            default: throw line.fault("there is no shape '\(shape)'; there are \(shapes)")
            }
        return Phase(name: name, segments: segments)
    }

    /// `100/s for 10s`
    private static func constant(_ line: inout ScenarioLine) throws(LoadError) -> [Segment] {
        let rate = try line.rate("the rate")
        return [Segment(seconds: try span(&line), rate: rate)]
    }

    /// `100/s to 1000/s for 10s`
    private static func ramp(_ line: inout ScenarioLine) throws(LoadError) -> [Segment] {
        let (from, to) = try rates(&line)
        return [Segment(seconds: try span(&line), startRate: from, endRate: to)]
    }

    /// `100/s to 1000/s in 10 steps for 60s`
    private static func step(_ line: inout ScenarioLine) throws(LoadError) -> [Segment] {
        let (from, to) = try rates(&line)
        try line.expect("in")
        let steps = try line.integer("the number of steps", in: 2...LoadLimits.segmentsMax)
        try line.expect("steps")
        return Phase.stairs(from: from, to: to, steps: steps, seconds: try span(&line))
    }

    /// `100/s times 50 from 20s to 40s for 60s`
    private static func spike(_ line: inout ScenarioLine) throws(LoadError) -> [Segment] {
        let base = try line.rate("the base rate")
        try line.expect("times")
        let factor = try line.decimal("the factor", in: 0...1_000_000)
        try line.expect("from")
        let begin = try line.seconds("the spike's begin", max: LoadLimits.runSecondsMax)
        try line.expect("to")
        let end = try line.length("the spike's end")
        let seconds = try span(&line)
        guard begin < end, end <= seconds else { throw line.fault("a spike begins before it ends, within its phase") }
        return Phase.spike(base: base, factor: factor, between: begin..<end, seconds: seconds)
    }

    /// `100/s to 1000/s every 10s for 60s`
    private static func sawtooth(_ line: inout ScenarioLine) throws(LoadError) -> [Segment] {
        let (from, to) = try rates(&line)
        try line.expect("every")
        let period = try line.length("the length of a tooth")
        let seconds = try span(&line)
        guard seconds / period <= Double(LoadLimits.segmentsMax) else { throw line.fault("too many teeth") }
        return Phase.sawtooth(from: from, to: to, period: period, seconds: seconds)
    }

    /// `day.csv mean 200/s for 24m`
    private static func curve(_ line: inout ScenarioLine, folder: String) throws(LoadError) -> [Segment] {
        let file = try line.word("a file")
        try line.expect("mean")
        let mean = try line.rate("the mean rate")
        let seconds = try span(&line)
        let curve: DayCurve
        do {
            curve = try DayCurve(contentsOf: file.hasPrefix("/") ? file : "\(folder)/\(file)")
        } catch {
            throw line.fault(error.message)
        }
        return curve.segments(mean: mean, seconds: seconds)
    }

    private static func rates(_ line: inout ScenarioLine) throws(LoadError) -> (Double, Double) {
        let from = try line.rate("the first rate")
        try line.expect("to")
        return (from, try line.rate("the last rate"))
    }

    private static func span(_ line: inout ScenarioLine) throws(LoadError) -> Double {
        try line.expect("for")
        return try line.length("the length")
    }
}
