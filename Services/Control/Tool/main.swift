import ControlCommands
import Platform

endProcess(await ControlTool.main(Array(CommandLine.arguments.dropFirst())))
