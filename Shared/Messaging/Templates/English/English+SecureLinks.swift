extension English {
    static let secureLink = Template(
        subject: "{product}: set your password",
        mail: """
            You called the help desk because of your account {login} in {store}. Set a new password here:

                {link}

            The link works once, for {minutes} minutes. Show it to nobody, not even to the help desk.

            You did not call? Then do not open it, and tell the help desk now.

            {product}

            """,
        // At the end and with nothing after it, so that no phone takes a full stop for part of the address.
        sms: "{product}: set the password of {login} within {minutes} min. Not you? Call us. {link}")

    static let secureLinkSent = Template(
        subject: "{product}: a link to set your password was sent",
        mail: """
            At {time} the help desk sent a link with which the password of your account {login} in {store} can be set. \
            It went to one of your own addresses.

            You did not ask for this? Tell the help desk now.

            {product}

            """,
        sms: "{product}: the help desk sent a link to set the password of {login}. Not you? Call the help desk now.")

    static let passwordSetByLink = Template(
        subject: "{product}: your password was set",
        mail: """
            The password of your account {login} in {store} was just set with the link the help desk had sent. If \
            the account was locked, it is unlocked now.

            It was not you? Tell the help desk now.

            {product}

            """,
        sms: "{product}: the password of {login} was set with the link from the help desk. Not you? Call us now.")
}
