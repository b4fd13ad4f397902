/// One setting: its name, its place in the `Configuration`, and what is said of it. `all` is the table of them.
struct Setting: Sendable {
    /// The environment variable; also its name in a file, and its file's name in a secrets directory.
    let name: String
    /// Without dashes; nil when there is none.
    let flag: String?
    /// One line, for people.
    let help: String
    /// Whether this build does anything with it.
    let isUsed: Bool
    /// Completes "must be …".
    let allowed: String
    /// Reads a text; false, and nothing changed, when it is not allowed.
    let read: @Sendable (String, inout Configuration) -> Bool
    /// The value in a configuration, secrets masked; nil when it has none.
    let show: @Sendable (Configuration) -> String?
    /// A text, allowed or not, as it may be shown to people.
    let mask: @Sendable (String) -> String

    init<Value>(
        _ name: String, _ place: any WritableKeyPath<Configuration, Value> & Sendable, _ kind: SettingKind<Value>,
        flag: String? = nil, isUsed: Bool = true, _ help: String
    ) {
        self.init(
            name, kind, flag: flag, isUsed: isUsed, help, get: { $0[keyPath: place] },
            set: { $0[keyPath: place] = $1 })
    }

    /// One that may be without a value.
    init<Value>(
        _ name: String, _ place: any WritableKeyPath<Configuration, Value?> & Sendable, _ kind: SettingKind<Value>,
        flag: String? = nil, isUsed: Bool = true, _ help: String
    ) {
        self.init(
            name, kind, flag: flag, isUsed: isUsed, help, get: { $0[keyPath: place] },
            set: { $0[keyPath: place] = $1 })
    }

    /// One whose place is not a key path.
    init<Value>(
        _ name: String, _ kind: SettingKind<Value>, flag: String? = nil, isUsed: Bool = true, _ help: String,
        get: @escaping @Sendable (Configuration) -> Value?,
        set: @escaping @Sendable (inout Configuration, Value) -> Void
    ) {
        self.name = name
        self.flag = flag
        self.help = help
        self.isUsed = isUsed
        allowed = kind.allowed
        read = { text, configuration in
            guard let value = kind.parse(text) else { return false }
            set(&configuration, value)
            return true
        }
        show = { configuration in
            guard let text = get(configuration).map(kind.show), !text.isEmpty else { return nil }
            return kind.mask(text)
        }
        mask = kind.mask
    }

    /// The setting of a name in the table. Traps when it is not there: names come from outside only through `known`.
    static func named(_ name: String) -> Setting {
        guard let setting = known[name] else { preconditionFailure("\(name) is not in Setting.all") }
        return setting
    }

    static let known = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}
