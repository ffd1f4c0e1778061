import Model

/// English.
enum English: MessageWords {
    static func template(for kind: MessageKind) -> Template {
        switch kind {
        case .accessCode: accessCode
        case .enrollmentCode: enrollmentCode
        case .newPassword: newPassword
        case .passwordReset: passwordReset
        case .secureLink: secureLink
        case .secureLinkSent: secureLinkSent
        case .passwordSetByLink: passwordSetByLink
        case .accountUnlocked: accountUnlocked
        case .factorEnrolled: factorEnrolled
        case .factorRemoved: factorRemoved
        case .factorUnenrolled: factorUnenrolled
        case .addressChanged: addressChanged
        case .factorLocked: factorLocked
        case .accountLinked: accountLinked
        case .accountUnlinked: accountUnlinked
        case .enrollmentReminder: enrollmentReminder
        case .verificationSkipped: verificationSkipped
        }
    }

    static func phrase(for field: MessageField, value: String) -> String? {
        switch field {
        case .action: HelpdeskAction(rawValue: value).map(phrase)
        case .factor, .types: AuthenticationType(rawValue: value).map(phrase)
        case .mustChange:
            ["true": "You have to change it when you sign in.", "false": "You can keep it or change it."][value]
        case .login, .store, .otherLogin, .otherStore, .password, .code, .link, .minutes, .product, .time: nil
        }
    }

    private static func phrase(for action: HelpdeskAction) -> String {
        switch action {
        case .resetPassword: "reset your password"
        case .unlockAccount: "unlock your account"
        }
    }

    private static func phrase(for factor: AuthenticationType) -> String {
        switch factor {
        case .securityQuestions: "security questions"
        case .mobile: "mobile phone"
        case .email: "email address"
        case .authenticator: "authenticator app"
        case .linkAccount: "linked account"
        case .yubiKey: "YubiKey"
        case .windowsHello: "Windows Hello"
        }
    }
}
