import AuthService
import Platform

endProcess(await AuthServer.main(Array(CommandLine.arguments.dropFirst())))
