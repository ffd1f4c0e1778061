extension English {
    static let accountLinked = Template(
        subject: "{product}: two accounts were linked",
        mail: """
            An administrator linked the account {login} ({store}) to the account {otherLogin} ({otherStore}) at {time}. \
            What is registered for {otherLogin} now proves to the help desk who calls about either of them.

            These are not both your accounts, or you did not expect this? Tell the help desk now.

            {product}

            """,
        sms: "{product}: {login} ({store}) was linked to {otherLogin} ({otherStore}). Not both yours? Call us now.")

    static let accountUnlinked = Template(
        subject: "{product}: two accounts are no longer linked",
        mail: """
            An administrator removed the link between the accounts {login} ({store}) and {otherLogin} ({otherStore}) at \
            {time}. What is registered for {otherLogin} no longer counts for {login}.

            You did not expect this? Tell the help desk.

            {product}

            """,
        sms: "{product}: {login} ({store}) is no longer linked to {otherLogin} ({otherStore}). Not expected? Call us.")
}
