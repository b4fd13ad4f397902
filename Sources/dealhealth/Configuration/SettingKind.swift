import DealHealthEngine
import DealHealthServer
import Foundation

/// A form that values have: what is allowed, how a text is read, and how a value is shown.
struct SettingKind<Value: Sendable>: Sendable {
    /// Completes "must be …".
    let allowed: String
    /// Nil when the text is not allowed.
    let parse: @Sendable (String) -> Value?
    /// The text that reads as this value.
    let show: @Sendable (Value) -> String
    /// A text, allowed or not, as it may be shown to people.
    let mask: @Sendable (String) -> String

    init(
        _ allowed: String, parse: @escaping @Sendable (String) -> Value?,
        show: @escaping @Sendable (Value) -> String = { "\($0)" },
        mask: @escaping @Sendable (String) -> String = { $0 }
    ) {
        self.allowed = allowed
        self.parse = parse
        self.show = show
        self.mask = mask
    }
}

// MARK: texts

extension SettingKind<String> {
    static let text = SettingKind("text without control characters") { text in
        text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } ? text : nil
    }
    static let path = SettingKind("a path", parse: text.parse)
    static let host = SettingKind("an address or a host name") { text in
        text.contains { $0.isWhitespace || $0 == "/" } ? nil : text
    }
}

extension SettingKind<Secret> {
    static let secret = SettingKind("a secret", parse: Secret.init, show: \.text, mask: { _ in Secret.mask })

    static let tokenSecret = SettingKind(
        TokenKeys.allowed, parse: { text in (try? TokenKeys(text)) == nil ? nil : Secret(text) }, show: \.text,
        mask: { _ in Secret.mask })

    /// A URL, whose password is masked.
    static func url(_ schemes: String...) -> SettingKind {
        SettingKind(
            "a URL as \(schemes[0])://host:port",
            parse: { text in
                guard let url = URLComponents(string: text), let scheme = url.scheme, schemes.contains(scheme),
                    url.host?.isEmpty == false
                else { return nil }
                return Secret(text)
            }, show: \.text, mask: Secret.maskingPassword)
    }
}

extension SettingKind<[String]> {
    /// `["a","b"]` or `a,b`.
    static let list = SettingKind("a JSON array of texts, or texts between commas", parse: elements, show: joined)

    static let networks = SettingKind(
        "networks between commas, as 10.0.0.0/8 or ::1",
        parse: { text in elements(text).flatMap { $0.allSatisfy(isNetwork) ? $0 : nil } }, show: joined)

    private static let elements: @Sendable (String) -> [String]? = { text in
        if text.hasPrefix("[") { return try? JSONDecoder().decode([String].self, from: Data(text.utf8)) }
        let elements = text.split(separator: ",", omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        return elements.contains("") ? nil : elements
    }

    private static let joined: @Sendable ([String]) -> String = { $0.joined(separator: ",") }

    private static let isNetwork: @Sendable (String) -> Bool = { text in
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var address = in6_addr()
        let bits = inet_pton(AF_INET, parts[0], &address) == 1 ? 32 : 128
        guard bits == 32 || inet_pton(AF_INET6, parts[0], &address) == 1 else { return false }
        return parts.count == 1 || Int(parts[1]).map { (0...bits).contains($0) } == true
    }
}

// MARK: numbers

extension SettingKind<Int> {
    static func integer(_ range: ClosedRange<Int>) -> SettingKind {
        let allowed =
            range.upperBound == .max
            ? "an integer of at least \(range.lowerBound)" : "an integer in [\(range.lowerBound), \(range.upperBound)]"
        return SettingKind(allowed) { Int($0).flatMap { range.contains($0) ? $0 : nil } }
    }

    static let port = integer(0...65_535)
}

extension SettingKind<Double> {
    static func number(_ range: String, _ isAllowed: @escaping @Sendable (Double) -> Bool) -> SettingKind {
        SettingKind("a number in \(range)", parse: { Double($0).flatMap { isAllowed($0) ? $0 : nil } }, show: shortest)
    }

    /// Without the fraction of a whole number.
    fileprivate static let shortest: @Sendable (Double) -> String = { value in
        Int(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}

extension SettingKind<Duration> {
    /// More than none, at most a century.
    static let hours = SettingKind(
        "hours in (0, 876000]",
        parse: { Double($0).flatMap { $0 > 0 && $0 <= 876_000 ? .seconds($0 * 3_600) : nil } },
        show: { SettingKind<Double>.shortest($0 / .seconds(3_600)) })

    static func seconds(_ range: ClosedRange<Double>) -> SettingKind {
        let bounds =
            "\(SettingKind<Double>.shortest(range.lowerBound)), \(SettingKind<Double>.shortest(range.upperBound))"
        return SettingKind(
            "seconds in [\(bounds)]",
            parse: { Double($0).flatMap { range.contains($0) ? .seconds($0) : nil } },
            show: { SettingKind<Double>.shortest($0 / .seconds(1)) })
    }
}

// MARK: choices

extension SettingKind<Bool> {
    static let bool = SettingKind("true or false (yes, no, 1, 0)") { text in
        switch text.lowercased() {
        case "true", "yes", "1": true
        case "false", "no", "0": false
        default: nil
        }
    }
}

extension SettingKind where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    /// One of the cases, in upper or lower case.
    static var choice: SettingKind {
        SettingKind(
            "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "),
            parse: { text in Value.allCases.first { $0.rawValue.lowercased() == text.lowercased() } },
            show: \.rawValue)
    }
}

extension SettingKind<Failpoint> {
    static let failpoint = SettingKind(
        "name:count, with a name of " + Failpoints.Name.allCases.map(\.rawValue).joined(separator: ", "),
        parse: Failpoint.init)
}
