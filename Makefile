# `make demo` shows what it does, `make test` checks that it does; neither needs an account, a server or configuration.
.PHONY: demo test torture differential fuzz sanitize build lint format bench bench-peers dependencies emulators install clean

demo: dependencies
	@scripts/demo

# The suites that keep the cores busy come first, in a process of their own. Those after them start servers or programs and
# wait for these: a few at once, so that each gets its turn on a machine that has other work, too. A suite that is named
# nowhere here runs with the first.
SWIFT_TEST = swift test --skip-build --disable-xctest
# A test process that hangs is ended, and says where each of its threads stood.
TEST_SECONDS ?= 1200
BOUNDED = SWIFT_BACKTRACE=enable=yes,threads=all,color=no \
  $(if $(shell command -v timeout),timeout --signal=ABRT --kill-after=60 $(TEST_SECONDS))
FEW_AT_ONCE = SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=6
WAITING = ExpressionsTests FilesTests ProgramsTests HTTPTests DynamoDBTests MigrationsTests CLITests ServerTests CrashTests WalkthroughTests
empty =
space = $(empty) $(empty)
test: dependencies emulators lint
	swift build --build-tests
	$(BOUNDED) $(SWIFT_TEST) --skip '^($(subst $(space),|,$(WAITING)))\.'
	set -e; for suite in $(WAITING); do $(FEW_AT_ONCE) $(BOUNDED) $(SWIFT_TEST) --filter "^$$suite\."; done
	@scripts/doors --symbols
	@scripts/example

# Kills everything that writes, over and over, while an application writes to the same items; prints seed and figures. The
# program is the optimized one, which people run.
TORTURE_KILLS ?= 3000
torture: build
	swift build --build-tests
	TORTURE_KILLS=$(TORTURE_KILLS) TESTED_PROGRAM=$(CURDIR)/.build/release/sparta-journal $(SWIFT_TEST) --filter '^CrashTests\.TortureTests'

# Random updates and filters against what both test servers do with the same expressions; `make test` has 2,000.
EXPRESSION_CASES ?= 100000
EXPRESSION_SEED ?= 1
differential: dependencies emulators
	swift build --build-tests
	EXPRESSION_CASES=$(EXPRESSION_CASES) EXPRESSION_SEED=$(EXPRESSION_SEED) $(SWIFT_TEST) --filter '^ExpressionsTests\.DifferentialTests'

# Random and mutated inputs for all that reads what others wrote, under the address sanitizer, so many seconds for each reader. The
# seed is printed, and FUZZ_SEED takes it again; an input that fails is named, and belongs into Tests/Corpora. `make test` has a
# short form.
FUZZ_SECONDS ?= 600
fuzz: dependencies
	swift build --build-tests --sanitize=address --scratch-path .build-address
	FUZZ_SECONDS=$(FUZZ_SECONDS) SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=1 $(call sanitized,address) --filter 'FuzzTarget'
	EXPRESSION_FUZZ_SECONDS=$(FUZZ_SECONDS) $(call sanitized,address) --filter '^ExpressionsTests\.FuzzTests'
	PROTOCOL_FUZZ_SECONDS=$(FUZZ_SECONDS) $(call sanitized,address) --filter '^ProgramsTests\.ReplyFuzzTests'

# The suites in one process under the address and then the thread sanitizer; those that kill the program are left out, since
# what is killed reports nothing. What a report is known to be false for stands in scripts/thread-sanitizer.supp, with the reason.
SANITIZED = JSONTests AddressesTests SQLiteTests TablesTests JournalTests RunnerTests ExpressionsTests FilesTests ProgramsTests ExportsTests ReportsTests HTTPTests DynamoDBTests
SANITIZERS ?= address thread
sanitized = ASAN_OPTIONS=detect_leaks=0:abort_on_error=1 TSAN_OPTIONS=suppressions=$(CURDIR)/scripts/thread-sanitizer.supp:halt_on_error=0 \
  swift test --skip-build --disable-xctest --sanitize=$(1) --scratch-path .build-$(1)
sanitize: dependencies emulators
	set -e; for kind in $(SANITIZERS); do swift build --build-tests --sanitize=$$kind --scratch-path .build-$$kind; \
	  for suite in $(SANITIZED); do $(FEW_AT_ONCE) $(call sanitized,$$kind) --filter "^$$suite\."; done; done

build: dependencies
	swift build -c release --product sparta-journal

# The format; and that imports and names are as docs/architecture.md says. `make test` also compares what the doors show with
# docs/public-symbols.txt; after a change that was meant: scripts/doors --update.
lint:
	swift format lint --strict --recursive Package.swift Sources Tests Examples/acme-migrate
	@scripts/doors

format:
	swift format --in-place --recursive Package.swift Sources Tests Examples/acme-migrate

bench: dependencies
	@scripts/bench

# The same work by sparta-journal and by what people use instead, which comes from PyPI: ratios of one run.
bench-peers: build
	@scripts/bench-peers

# Installs the C libraries' headers where they are missing (Debian and Ubuntu; elsewhere it says what is needed).
dependencies:
	@scripts/dependencies

# Installs the DynamoDB-compatible servers that tests run against, below .build-emulators.
emulators:
	@scripts/emulators

PREFIX ?= /usr/local
install: build
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 0755 .build/release/sparta-journal $(DESTDIR)$(PREFIX)/bin/

clean:
	rm -rf .build
