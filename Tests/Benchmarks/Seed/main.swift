await BenchmarkSeed.main(Array(CommandLine.arguments.dropFirst()))
