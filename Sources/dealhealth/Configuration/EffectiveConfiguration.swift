/// The settings in force, and where each is from.
struct EffectiveConfiguration: Sendable {
    var configuration = Configuration()
    /// Of every setting that is not its default.
    var origins: [String: SettingOrigin] = [:]
    /// Names that look like ours and are not, one line each.
    var warnings: [String] = []

    func origin(of setting: Setting) -> SettingOrigin {
        origins[setting.name] ?? .default
    }

    /// Names of settings that are set, and that this build does nothing with.
    var unused: [String] {
        Setting.all.filter { !$0.isUsed && origins[$0.name] != nil }.map(\.name)
    }
}
