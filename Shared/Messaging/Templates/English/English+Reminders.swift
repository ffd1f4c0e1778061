extension English {
    static let enrollmentReminder = Template(
        subject: "{product}: please register how the help desk can recognize you",
        mail: """
            When you call the help desk because you cannot sign in, it has to make sure that it is you. For that, it needs \
            something that you registered before.

            You can register: {types}.

            Sign in as {login} ({store}), with your usual password, here:

                {link}

            It takes a few minutes. Nobody will ever ask you for your password by mail or phone.

            {product}

            """,
        sms: "{product}: please register for {login} how the help desk can recognize you: {link}")
}
