extension Spanish {
    static let enrollmentReminder = Template(
        subject: "{product}: registre cómo puede reconocerle el servicio de asistencia",
        mail: """
            Cuando llame al servicio de asistencia porque no puede iniciar sesión, este debe asegurarse de que es usted. Para \
            ello necesita algo que haya registrado antes.

            Puede registrar: {types}.

            Inicie sesión como {login} ({store}), con su contraseña habitual, aquí:

                {link}

            Tarda pocos minutos. Nadie le pedirá nunca su contraseña por correo ni por teléfono.

            {product}

            """,
        sms: "{product}: registre para {login} cómo reconocerle cuando llame: {link}")
}
