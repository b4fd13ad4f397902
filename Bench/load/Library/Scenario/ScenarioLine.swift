/// One line of a scenario, read word by word; every error names the line and what would be right.
struct ScenarioLine {
    /// "flash.scenario, line 3" or "--set connections=x".
    let place: String
    let key: String
    /// All after the key, as it stands there.
    let text: String
    private var rest: ArraySlice<Substring>

    init(place: String, key: String, text: String) {
        (self.place, self.key, self.text) = (place, key, text)
        rest = text.split(whereSeparator: \.isWhitespace)[...]
    }

    func fault(_ message: String) -> LoadError {
        LoadError(.scenario, "\(place): \(message)")
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// All remaining words, separated by single spaces.
    mutating func remainder() -> String {
        defer { rest = [] }
        return rest.joined(separator: " ")
    }

    mutating func word(_ what: String) throws(LoadError) -> String {
        guard let word = rest.popFirst() else { throw fault("\(what) is missing after '\(key) \(text)'") }
        return String(word)
    }

    /// The next word is exactly this.
    mutating func expect(_ wanted: String) throws(LoadError) {
        let found = try word("'\(wanted)'")
        guard found == wanted else { throw fault("'\(wanted)' belongs where '\(found)' is") }
    }

    /// Takes the next word if it is this.
    mutating func takes(_ wanted: String) -> Bool {
        guard rest.first.map(String.init) == wanted else { return false }
        rest.removeFirst()
        return true
    }

    func end() throws(LoadError) {
        guard rest.isEmpty else {
            throw fault("'\(rest.joined(separator: " "))' is too much: nothing may follow there")
        }
    }

    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(_: Choice.Type) throws(LoadError) -> Choice {
        let allowed = Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: " or ")
        let found = try word(allowed)
        guard let choice = Choice(rawValue: found) else { throw fault("'\(found)' is not \(allowed)") }
        return choice
    }

    mutating func integer(_ what: String, in range: ClosedRange<Int>) throws(LoadError) -> Int {
        let found = try word(what)
        guard let value = Int(found), range.contains(value) else {
            throw fault("\(what) must be an integer from \(range.lowerBound) to \(range.upperBound), not '\(found)'")
        }
        return value
    }

    mutating func decimal(_ what: String, in range: ClosedRange<Double>) throws(LoadError) -> Double {
        let found = try word(what)
        guard let value = Double(found), range.contains(value) else {
            throw fault("\(what) must be a number from \(range.lowerBound) to \(range.upperBound), not '\(found)'")
        }
        return value
    }

    /// "90%": in [0, 1].
    mutating func share(_ what: String) throws(LoadError) -> Double {
        let found = try word(what)
        guard found.hasSuffix("%"), let value = Double(found.dropLast()), (0...100).contains(value) else {
            throw fault("\(what) must be a percentage from 0% to 100%, not '\(found)'")
        }
        return value / 100
    }

    /// "200/s": arrivals a second.
    mutating func rate(_ what: String) throws(LoadError) -> Double {
        let found = try word(what)
        guard found.hasSuffix("/s"), let value = Double(found.dropLast(2)), (0...LoadLimits.rateMax).contains(value)
        else {
            throw fault("\(what) must be a rate from 0/s to \(Int(LoadLimits.rateMax))/s, not '\(found)'")
        }
        return value
    }

    /// "250ms", "1.5s", "4m": in [0, `max`], seconds.
    mutating func seconds(_ what: String, max: Double) throws(LoadError) -> Double {
        let found = try word(what)
        // The longest unit first, since "ms" ends with "s".
        let units = [("us", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3_600)]
        let unit = units.first { found.hasSuffix($0.0) }
        guard let unit, let value = Double(found.dropLast(unit.0.count)), (0...max).contains(value * unit.1) else {
            throw fault(
                "\(what) must be a time of at most \(Int(max)) seconds, as 250ms, 1.5s, 4m or 2h, not '\(found)'")
        }
        return value * unit.1
    }

    /// As `seconds`; more than 0.
    mutating func length(_ what: String) throws(LoadError) -> Double {
        let seconds = try seconds(what, max: LoadLimits.runSecondsMax)
        guard seconds > 0 else { throw fault("\(what) must be longer than nothing") }
        return seconds
    }
}
