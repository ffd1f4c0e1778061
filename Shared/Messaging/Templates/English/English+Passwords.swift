extension English {
    static let newPassword = Template(
        subject: "{product}: your new password",
        mail: """
            The help desk has set a new password for your account {login} in {store}:

                {password}

            {mustChange}

            You did not ask for this? Tell the help desk now.

            {product}

            """,
        // On a line of its own, so that nobody types the full stop of a sentence.
        sms: """
            {product}: new password for {login} in {store}:
            {password}
            {mustChange} Not you? Call the help desk.
            """)

    static let passwordReset = Template(
        subject: "{product}: your password was reset",
        mail: """
            The help desk reset the password of your account {login} in {store} at {time}. If the account was locked, \
            it is unlocked now.

            You did not ask for this? Tell the help desk now.

            {product}

            """,
        sms: "{product}: the help desk reset the password of {login} in {store}. Not you? Call the help desk now.")

    static let accountUnlocked = Template(
        subject: "{product}: your account was unlocked",
        mail: """
            The help desk unlocked your account {login} in {store} at {time}. The password is as it was.

            You did not ask for this? Tell the help desk now.

            {product}

            """,
        sms: "{product}: the help desk unlocked {login} in {store}. Not you? Call the help desk now.")

    static let verificationSkipped = Template(
        subject: "{product}: you were not asked to prove who you are",
        mail: """
            At {time} the help desk was asked to {action} ({login}), and the agent did not ask the caller to prove \
            who they are. The reason is on record.

            You did not call? Tell the help desk now.

            {product}

            """,
        sms: """
            {product}: the help desk was asked to {action} ({login}) and did not verify the caller. \
            Not you? Call the help desk now.
            """)
}
