/// A file of settings, as shells and containers read their `.env`.
///
///     # a comment
///     export NAME=value       # after white space, too; `export` may be left out
///     NAME='as it stands # here'
///     NAME="with \n, \t, \" and \\"
///
/// Our own parser, since the configuration library's drops what it does not understand, and keeps quotes.
struct SettingsFile: Sendable {
    struct Line: Sendable, Equatable {
        let name: String
        let value: String
        /// From 1.
        let number: Int
    }

    private(set) var lines: [Line] = []
    /// The lines that are not understood.
    private(set) var faults: [(line: Int, message: String)] = []

    init(_ text: String) {
        var first: [String: Int] = [:]
        // With a carriage return before it, a line feed is another character.
        let raws = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, raw) in raws.enumerated() {
            let number = index + 1
            let content = Self.trim(raw)
            if content.isEmpty || content.hasPrefix("#") { continue }
            guard let (name, value) = Self.assignment(content) else {
                // Not the line itself: a secret may be in it.
                faults.append((number, "must be NAME=value, with quotes closed and nothing after them"))
                continue
            }
            if let earlier = first.updateValue(number, forKey: name) {
                faults.append((number, "\(name) must be set once: it is in line \(earlier) too"))
            }
            lines.append(Line(name: name, value: value, number: number))
        }
    }

    private static func assignment(_ content: Substring) -> (name: String, value: String)? {
        guard let equals = content.firstIndex(of: "=") else { return nil }
        var name = content[..<equals]
        if name.hasPrefix("export ") { name = trim(name.dropFirst("export ".count)) }
        guard name.wholeMatch(of: #/[A-Za-z_][A-Za-z0-9_]*/#) != nil else { return nil }
        return value(trim(content[content.index(after: equals)...])).map { (String(name), $0) }
    }

    private static func value(_ text: Substring) -> String? {
        guard let quote = text.first, quote == "\"" || quote == "'" else { return unquoted(text) }
        var value = ""
        var index = text.index(after: text.startIndex)
        while index < text.endIndex, text[index] != quote {
            if quote == "\"", text[index] == "\\" {
                index = text.index(after: index)
                guard index < text.endIndex, let character = escapes[text[index]] else { return nil }
                value.append(character)
            } else {
                value.append(text[index])
            }
            index = text.index(after: index)
        }
        guard index < text.endIndex else { return nil }
        let rest = text[text.index(after: index)...]
        return rest.isEmpty || trim(rest).hasPrefix("#") && rest.first?.isWhitespace == true ? value : nil
    }

    /// Up to a comment, which begins at the value's start or after white space.
    private static func unquoted(_ text: Substring) -> String {
        var previous: Character = " "
        for index in text.indices {
            if text[index] == "#", previous.isWhitespace { return String(trim(text[..<index])) }
            previous = text[index]
        }
        return String(text)
    }

    private static let escapes: [Character: Character] = ["n": "\n", "t": "\t", "\"": "\"", "\\": "\\", "$": "$"]

    private static func trim(_ text: Substring) -> Substring {
        let start = text.drop(while: \.isWhitespace)
        return start.lastIndex { !$0.isWhitespace }.map { start[...$0] } ?? ""
    }
}
