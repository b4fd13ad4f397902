/// What a settings record says: the settings in force from its position on, and those that the program was configured with.
///
/// Both, so that a change made while running outlives a restart: a start changes only what is configured otherwise than before.
public struct ScoringChange: Sendable, Equatable {
    /// In force from here on.
    public var settings: ScoringSettings
    /// As configured at the latest start.
    public var configured: ScoringSettings

    /// The settings as configured, in force.
    public init(configured: ScoringSettings) {
        settings = configured
        self.configured = configured
    }

    /// The same with `settings` in force.
    public func changed(to settings: ScoringSettings) -> ScoringChange {
        var change = self
        change.settings = settings
        return change
    }

    /// What a start with `configured` makes of it: a parameter that is configured as it was stays as it is in force.
    public func reconfigured(_ configured: ScoringSettings) -> ScoringChange {
        var change = self
        for parameter in ScoringSettings.parameters
        where configured[keyPath: parameter.value] != self.configured[keyPath: parameter.value] {
            change.settings[keyPath: parameter.value] = configured[keyPath: parameter.value]
        }
        change.configured = configured
        return change
    }
}
