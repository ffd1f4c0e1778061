extension English {
    static let factorEnrolled = Template(
        subject: "{product}: a way to prove who you are was added",
        mail: """
            Something was registered for your account {login} at {time}: {factor}. The help desk can use it to make \
            sure that it is you who calls.

            You did not do this? Tell the help desk now.

            {product}

            """,
        sms: "{product}: registered for {login}: {factor}. Not you? Call the help desk now.")

    static let factorRemoved = Template(
        subject: "{product}: a way to prove who you are was removed",
        mail: """
            Something was removed from your account {login} at {time}: {factor}. The help desk can no longer use it to \
            make sure that it is you who calls.

            You did not do this? Tell the help desk now.

            {product}

            """,
        sms: "{product}: removed from {login}: {factor}. Not you? Call the help desk now.")

    static let factorUnenrolled = Template(
        subject: "{product}: the help desk removed a way to prove who you are",
        mail: """
            The help desk removed your {factor} from your account {login} at {time}. It can no longer be used to make \
            sure that it is you who calls. You can register another one yourself.

            You did not ask for this? Tell the help desk now.

            {product}

            """,
        sms: "{product}: the help desk removed your {factor} from {login}. Did not ask for it? Call us now.")

    static let addressChanged = Template(
        subject: "{product}: your registered address was replaced",
        mail: """
            The {factor} registered for your account {login} was replaced at {time}. You get this message at the old \
            one, which is no longer used.

            You did not do this? Tell the help desk now.

            {product}

            """,
        sms: "{product}: the {factor} registered for {login} was replaced by another. Not you? Call the help desk now.")

    static let factorLocked = Template(
        subject: "{product}: wrong answers for your account",
        mail: """
            Somebody gave wrong values for your {factor} (account {login}), so it cannot be used to verify a caller \
            for {minutes} minutes. You can still sign in. Last try: {time}.

            It was not you? Tell the help desk.

            {product}

            """,
        sms: "{product}: wrong values for your {factor} ({login}); locked for {minutes} min. Not you? Call us.")
}
