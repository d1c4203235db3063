# Two commands do it all on a fresh machine with the .NET 10 SDK: `make demo` and `make test`.
# What they need beyond the SDK they install with apt, or say exactly what is missing.

CONFIGURATION ?= Release
DOTNET_ENV = DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

.PHONY: build test demo suite run lint ci conformance interop bench load hearing fuzz clean

build: ## leaves the executable at out/switchhook
	@scripts/need libsqlite3
	$(DOTNET_ENV) dotnet publish src/Switchhook.Server -c $(CONFIGURATION) -o out -v q

test: ## tables, seeds, vectors, contract, the laws of the house
	@scripts/need libsqlite3 espeak-ng
	scripts/test

demo: build ## a real SIP call, answered, with a spoken conversation and its timeline
	@scripts/need espeak-ng
	$(DOTNET_ENV) dotnet build samples/accept-and-greet -c $(CONFIGURATION) -v q
	scripts/demo

suite: build ## the CI job of docs/testing-phone-agents.md, taken from the page
	@scripts/need espeak-ng
	$(DOTNET_ENV) dotnet build samples/accept-and-greet -c $(CONFIGURATION) -v q
	scripts/suite

run: build ## serves the development defaults and stays
	@scripts/need espeak-ng
	out/switchhook serve

lint: ## what the formatter says; the analyzers speak in every build, as errors
	$(DOTNET_ENV) dotnet format whitespace Switchhook.slnx --verify-no-changes

conformance: build ## the official SDKs against a running server with real SIP calls
	@scripts/need node npm espeak-ng
	conformance/run

interop: build ## SIP peers that nobody here wrote: SIPp and baresip
	@scripts/need sipp baresip jackd espeak-ng sox node
	conformance/interop/run

bench: ## one class per hot thing, with allocations
	$(DOTNET_ENV) dotnet run -c Release --project bench/Switchhook.Bench -- --filter '*'

load: build ## N phones against a real server; CALLS=100 SECONDS=20
	$(DOTNET_ENV) dotnet run -c Release --project bench/Switchhook.Load -- --calls $(or $(CALLS),100) --seconds $(or $(SECONDS),20)

hearing: ## turns found in noise, against the truth
	@scripts/need espeak-ng
	$(DOTNET_ENV) dotnet run -c Release --project bench/Switchhook.Hearing

fuzz: ## MINUTES=5
	$(DOTNET_ENV) dotnet run -c Release --project fuzz/Switchhook.Fuzz -- all --minutes $(or $(MINUTES),5)

ci: ## what .ci/run runs
	scripts/ci

clean:
	rm -rf out && find . -name bin -o -name obj | grep -v node_modules | xargs rm -rf
