import ArgumentParser
import DealHealthLoad
import Foundation

/// What to run, and against what.
struct ScenarioOptions: ParsableArguments {
    @Argument(help: "A scenario file (Bench/scenarios/README.md).")
    var scenario: String

    @Option(name: .customLong("target"), help: "http://HOST:PORT; may be given several times.")
    var targets: [String]

    @Option(
        name: .customLong("set"),
        help: "key=value: replaces what the scenario says of that key; may be given several times.")
    var overrides: [String] = []

    @Option(help: "A file with a bearer token; or the token itself in DEALHEALTH_LOAD_TOKEN.")
    var tokenFile: String?

    func readScenario() throws(LoadError) -> Scenario {
        try ScenarioParser.read(file: scenario, overrides: overrides)
    }

    func runOptions() throws(LoadError) -> LoadRun.Options {
        var urls: [Target] = []
        for url in targets { urls.append(try Target(url: url)) }
        var options = LoadRun.Options(targets: urls)
        if let token = try token() {
            options.headers.append(NamedText(name: "Authorization", value: "Bearer \(token)"))
        }
        return options
    }

    /// The bearer token to be shown, if any.
    ///
    /// - Throws: `.scenario` when the file cannot be read, or what is in it is no token (RFC 6750, 2.1).
    func token() throws(LoadError) -> String? {
        let text: String
        if let tokenFile {
            guard let data = FileManager.default.contents(atPath: tokenFile) else {
                throw LoadError(.scenario, "cannot read the token file \(tokenFile)")
            }
            text = String(decoding: data, as: UTF8.self)
        } else if let variable = ProcessInfo.processInfo.environment["DEALHEALTH_LOAD_TOKEN"] {
            text = variable
        } else {
            return nil
        }
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw LoadError(.scenario, "the token must be one line of ASCII without spaces")
        }
        return token
    }
}
