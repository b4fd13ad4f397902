/// Where a piece of evidence comes from: the three event types of the wire format.
///
/// The raw value is part of the log format.
public enum EvidenceSource: UInt8, Sendable, CaseIterable {
    case automatedTest = 0
    case communityVerification = 1
    case communityTip = 2

    /// The value of the event's `type` field.
    /// In snake_case, as in the names of settings.
    public var name: String {
        switch self {
        case .automatedTest: "automated_test"
        case .communityVerification: "community_verification"
        case .communityTip: "community_tip"
        }
    }

    public var eventType: String {
        switch self {
        case .automatedTest: "AutomatedTestResult"
        case .communityVerification: "CommunityVerification"
        case .communityTip: "CommunityTip"
        }
    }
}
