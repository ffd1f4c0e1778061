extension English {
    /// AC-07: it says what the code is for, whom to read it to, and what to do if nobody called.
    static let accessCode = Template(
        subject: "{product}: your access code",
        mail: """
            You called the help desk to {action}. Read this code to the agent you are talking to:

                {code}

            It is good for {minutes} minutes and for this call only.

            You did not call? Then somebody else may be pretending to be you. Give the code to nobody and tell the \
            help desk.

            {product}

            """,
        sms: """
            {product}: you called the help desk to {action}. Read this code to the agent: {code} ({minutes} min). \
            Not you? Tell nobody, call us.
            """)

    static let enrollmentCode = Template(
        subject: "{product}: confirm your address",
        mail: """
            You are registering this address with {product}. Type this code on the enrollment page:

                {code}

            It is good for {minutes} minutes. Nobody from the help desk will ask you for it.

            You are not registering? Then do nothing: without the code this address is not used.

            {product}

            """,
        sms: """
            {product}: your code to register this number is {code} ({minutes} min). \
            Nobody will ask you for it by phone. Not you? Do nothing.
            """)
}
