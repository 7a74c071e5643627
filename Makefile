# Birzha. `make help` lists the targets; everything is built under build/<flavour>/.
#
# Flavours: release  what users run (-O3, x86-64-v3)
#           asan     gcc, address and undefined-behaviour sanitizers, paranoid checks
#           clang    clang, release flags, every warning an error
#           debug    gcc -O0, paranoid checks
#           fuzz afl libFuzzer and AFL++, for the targets of tests/fuzz
# One static library per layer, linked in the order of the arrows in engine/README.md: an include that points the
# wrong way does not link.

SHELL := /bin/bash
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif

BUILD ?= build
CC_release := gcc
CC_asan := gcc
CC_debug := gcc
CC_clang := clang
CC_fuzz := clang
CC_afl := afl-clang-fast
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wwrite-strings \
	-Wvla -Wundef -Wpointer-arith -Wcast-qual -Wformat=2
ifeq ($(WERROR),1)
WARNINGS += -Werror
endif
HARDEN := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
CFLAGS_common := -std=c11 -D_GNU_SOURCE -I. -g -fno-common -fno-strict-aliasing -MMD -MP $(WARNINGS)
# Functions begin on a cache line: else a change anywhere moves the hot loops, and has cost them 5 ns an order.
CFLAGS_release := -O3 -falign-functions=64 -march=x86-64-v3 -mtune=skylake-avx512 $(HARDEN) -flto -ffat-lto-objects
CFLAGS_clang := -O2 -march=x86-64-v3 -Werror -fPIE
CFLAGS_debug := -O0 -DBIRZHA_PARANOID
CFLAGS_fuzz := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -DBIRZHA_PARANOID
CFLAGS_afl := -O1 -DBIRZHA_PARANOID
CFLAGS_asan := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all -DBIRZHA_PARANOID
LDFLAGS_release := -pie -Wl,-z,relro,-z,now -O3 -flto=2
LDFLAGS_clang := -pie
LDFLAGS_debug :=
LDFLAGS_asan := -fsanitize=address,undefined
LDFLAGS_fuzz := -fsanitize=fuzzer,address,undefined
LDFLAGS_afl := -fsanitize=fuzzer

# The pure layers: nothing but the compiler behind them, so no hardening calls and no library.
PURE := -ffreestanding -fbuiltin -fno-stack-protector -U_FORTIFY_SOURCE

# ---- layers, lowest first: name, sources ----
LAYERS := check instruments engine journal views wire scenario session gateway
SRC_check := gateway/check_abort.c
SRC_instruments := $(wildcard instruments/*.c)
SRC_engine := $(filter-out engine/views/%.c engine/journal/%.c,$(wildcard engine/*.c engine/*/*.c))
SRC_journal := $(wildcard engine/journal/*.c)
SRC_views := $(wildcard engine/views/*.c)
SRC_wire := $(wildcard gateway/wire/*.c)
SRC_scenario := $(wildcard gateway/scenario/*.c)
SRC_session := $(wildcard gateway/session/*.c)
SRC_gateway := $(filter-out gateway/main.c gateway/check_abort.c,$(wildcard gateway/*.c gateway/net/*.c))
SRC_birzhad := gateway/main.c
SRC_birzha := $(wildcard tools/*.c tools/*/*.c)
SRC_model := $(wildcard tests/model/model*.c)
SRC_sim := $(wildcard tests/sim/*.c)
SRC_support := $(wildcard tests/support/*.c)

# What each test binary may link: its own layer and those below.
LINK_instruments := instruments check
LINK_engine := engine instruments check
LINK_journal := journal engine instruments check
LINK_views := views engine instruments check
LINK_wire := wire views engine instruments check
LINK_scenario := scenario wire views engine instruments check
LINK_session := session scenario wire views engine instruments check
LINK_gateway := gateway session scenario wire views journal engine instruments check
LINK_tools := $(LINK_gateway)
LINK_e2e := wire views engine instruments check
TESTED := instruments engine journal views wire scenario session gateway tools e2e
PROGRAMS := $(patsubst tests/%.c,%,$(filter-out tests/crash/failing_sync.c,$(wildcard tests/model/main_*.c tests/adversary/*.c tests/crash/*.c)))
FUZZERS := $(filter-out replay,$(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c)))
BENCHES := $(patsubst bench/%.c,%,$(wildcard bench/*.c))

LIBS_birzhad := -luv -lcjson -lcrypt -lpthread -lm
LIBS_birzha := -luv -lcjson -lcrypt -ledit -lsqlite3 -lpthread -lm
LIBS_test := -luv -lcjson -lcrypt -ledit -lsqlite3 -lcriterion -lpthread -lm

FLAVOURS := release asan clang debug fuzz afl

# V=1 shows the commands.
ifeq ($(V),1)
say =
else
say = @echo '  $(1)  $(2)';
endif

.PHONY: all
all: $(BUILD)/birzhad $(BUILD)/birzha

define flavour_rules
B_$(1) := $(BUILD)/$(1)
obj_$(1) = $$(patsubst %.c,$(BUILD)/$(1)/obj/%.o,$$(1))

$(BUILD)/$(1)/obj/instruments/%.o: instruments/%.c Makefile | $(BUILD)/.tools
	@mkdir -p $$(@D)
	$$(call say,cc,$$<)$$(CC_$(1)) $$(CFLAGS_common) $$(CFLAGS_$(1)) $$(if $$(filter asan,$(1)),,$$(PURE)) -c $$< -o $$@
$(BUILD)/$(1)/obj/engine/%.o: engine/%.c Makefile | $(BUILD)/.tools
	@mkdir -p $$(@D)
	$$(call say,cc,$$<)$$(CC_$(1)) $$(CFLAGS_common) $$(CFLAGS_$(1)) $$(if $$(filter asan,$(1)),,$$(PURE)) -c $$< -o $$@
$(BUILD)/$(1)/obj/%.o: %.c Makefile | $(BUILD)/.tools
	@mkdir -p $$(@D)
	$$(call say,cc,$$<)$$(CC_$(1)) $$(CFLAGS_common) $$(CFLAGS_$(1)) -c $$< -o $$@

$(foreach layer,$(LAYERS),
$(BUILD)/$(1)/lib$(layer).a: $$(patsubst %.c,$(BUILD)/$(1)/obj/%.o,$$(SRC_$(layer)))
	@rm -f $$@
	@ar rcs $$@ $$^
)

$(BUILD)/$(1)/birzhad: $$(patsubst %.c,$(BUILD)/$(1)/obj/%.o,$$(SRC_birzhad)) $$(patsubst %,$(BUILD)/$(1)/lib%.a,$$(LINK_gateway))
	$$(call say,ld,$$@)$$(CC_$(1)) $$(LDFLAGS_$(1)) -o $$@ $$^ $$(LIBS_birzhad)
$(BUILD)/$(1)/birzha: $$(patsubst %.c,$(BUILD)/$(1)/obj/%.o,$$(SRC_birzha)) $$(patsubst %,$(BUILD)/$(1)/lib%.a,$$(LINK_gateway))
	$$(call say,ld,$$@)$$(CC_$(1)) $$(LDFLAGS_$(1)) -o $$@ $$^ $$(LIBS_birzha)

$(foreach layer,$(TESTED),
$(BUILD)/$(1)/test_$(layer): $$(patsubst %.c,$(BUILD)/$(1)/obj/%.o,$$(shell find tests/$(layer) -name 'test_*.c' 2>/dev/null) $$(SRC_support)) $$(if $$(filter tools,$(layer)),$$(patsubst %.c,$(BUILD)/$(1)/obj/%.o,$$(filter-out tools/main.c,$$(SRC_birzha)))) $$(patsubst %,$(BUILD)/$(1)/lib%.a,$$(LINK_$(layer)))
	$$(call say,ld,$$@)$$(CC_$(1)) $$(LDFLAGS_$(1)) -o $$@ $$^ $$(LIBS_test)
)

$(foreach program,$(PROGRAMS),
$(BUILD)/$(1)/$(notdir $(program)): $(BUILD)/$(1)/obj/tests/$(program).o $$(patsubst %.c,$(BUILD)/$(1)/obj/%.o,$$(SRC_model)) $$(patsubst %,$(BUILD)/$(1)/lib%.a,$$(LINK_gateway))
	$$(call say,ld,$$@)$$(CC_$(1)) $$(LDFLAGS_$(1)) -o $$@ $$^ $$(LIBS_birzhad)
)

# The simulator brings its own libuv, libcrypt, clock and storage; what it gives is not taken from the libraries.
$(BUILD)/$(1)/sim: $$(patsubst %.c,$(BUILD)/$(1)/obj/%.o,$$(SRC_sim)) $$(patsubst %,$(BUILD)/$(1)/lib%.a,$$(filter-out check,$$(LINK_gateway)))
	$$(call say,ld,$$@)$$(CC_$(1)) $$(LDFLAGS_$(1)) -o $$@ $$^ -lcjson -lpthread -lm

# libFuzzer and AFL++ bring a main of their own; every other flavour runs the target over files.
$(foreach fuzzer,$(FUZZERS),
$(BUILD)/$(1)/$(fuzzer): $(BUILD)/$(1)/obj/tests/fuzz/$(fuzzer).o $(if $(filter fuzz afl,$(1)),,$(BUILD)/$(1)/obj/tests/fuzz/replay.o) $$(patsubst %.c,$(BUILD)/$(1)/obj/%.o,$$(SRC_model)) $$(patsubst %,$(BUILD)/$(1)/lib%.a,$$(LINK_gateway))
	$$(call say,ld,$$@)$$(CC_$(1)) $$(LDFLAGS_$(1)) -o $$@ $$^ $$(LIBS_birzhad)
)

$(foreach bench,$(BENCHES),
$(BUILD)/$(1)/bench_$(bench): $(BUILD)/$(1)/obj/bench/$(bench).o $$(patsubst %,$(BUILD)/$(1)/lib%.a,$$(LINK_gateway))
	$$(call say,ld,$$@)$$(CC_$(1)) $$(LDFLAGS_$(1)) -o $$@ $$^ $$(LIBS_birzhad)
)
endef
$(foreach f,$(FLAVOURS),$(eval $(call flavour_rules,$(f))))

$(BUILD)/birzhad $(BUILD)/birzha: $(BUILD)/%: $(BUILD)/release/%
	@cp -f $< $@

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# ---- set-up: packages that a bare Debian machine lacks ----
$(BUILD)/.tools: tools/setup.sh
	@mkdir -p $(BUILD)
	@sh tools/setup.sh run
	@touch $@

$(BUILD)/.test-tools: tools/setup.sh | $(BUILD)/.tools
	@sh tools/setup.sh test
	@touch $@
$(BUILD)/.full-tools: tools/setup.sh | $(BUILD)/.test-tools
	@sh tools/setup.sh full
	@touch $@
$(BUILD)/.afl-tools: tools/setup.sh | $(BUILD)/.test-tools
	@sh tools/setup.sh afl
	@touch $@

# Test objects wait for the packages that tests need.
$(foreach f,$(FLAVOURS),$(eval $(patsubst %.c,$(BUILD)/$(f)/obj/%.o,$(shell find tests -name '*.c' 2>/dev/null)): | $(BUILD)/.test-tools))
$(patsubst %.c,$(BUILD)/clang/obj/%.o,$(shell find . -name '*.c' -printf '%P\n')): | $(BUILD)/.full-tools
$(patsubst %.c,$(BUILD)/afl/obj/%.o,$(shell find . -name '*.c' -printf '%P\n')): | $(BUILD)/.afl-tools

# ---- what people type ----
.PHONY: run test check-full nightly determinism fuzz afl bench bench-wire bench-table bench-load lint tidy format clean install help

run: all ## start a demonstration market with background traders
	@BUILD=$(BUILD) sh tools/run.sh

TEST_BINARIES := $(patsubst %,$(BUILD)/asan/test_%,$(TESTED)) $(BUILD)/asan/birzhad \
	$(BUILD)/asan/main_model_selftest $(BUILD)/asan/main_differential $(BUILD)/release/main_differential \
	$(BUILD)/release/kill_driver $(BUILD)/release/power_cuts $(BUILD)/asan/sim $(BUILD)/release/sim $(BUILD)/asan/snapshot_tail \
	$(BUILD)/release/snapshot_tail $(patsubst %,$(BUILD)/asan/%,$(FUZZERS)) \
	$(BUILD)/release/libinstruments.a $(BUILD)/release/libengine.a $(BUILD)/release/libjournal.a \
	$(BUILD)/release/libviews.a \
	$(BUILD)/birzhad $(BUILD)/birzha

test: $(TEST_BINARIES) ## every commit: unit, model and end-to-end tests under sanitizers; two minutes, and the build
	@bash tests/run.sh $(BUILD) test

FULL_BINARIES := $(TEST_BINARIES) $(BUILD)/release/slow_reader $(patsubst %,$(BUILD)/debug/test_%,$(TESTED)) \
	$(BUILD)/debug/birzhad $(BUILD)/debug/main_differential $(patsubst %,$(BUILD)/%/birzha,asan clang debug)

check-full: $(FULL_BINARIES) lint ## all loops at full length, valgrind, mutants, lint; over half an hour
	@bash tests/run.sh $(BUILD) full

nightly: check-full ## check-full, then random operations with fresh seeds for an hour
	@set -o pipefail; for seed in $$(seq $$(date +%s) $$(( $$(date +%s) + 40 ))); do \
		$(BUILD)/release/main_differential --operations 1000000 --seed $$seed | tail -n 1 || exit 1; done
	@set -o pipefail; $(BUILD)/release/sim --seed $$(date +%s) --seeds 2000 | tail -n 12

determinism: $(BUILD)/release/kill_driver $(patsubst %,$(BUILD)/%/birzha,release asan clang debug) $(BUILD)/birzhad ## one journal, replayed by every build there is, in two locales and time zones
	@bash tests/gates/determinism.sh $(BUILD)

fuzz: $(patsubst %,$(BUILD)/fuzz/%,$(FUZZERS)) ## RUNS executions of every fuzz target (100,000), beginning with the corpora
	@bash tests/fuzz/run.sh $(BUILD) $(or $(RUNS),100000)

afl: $(patsubst %,$(BUILD)/afl/%,$(FUZZERS)) ## SECONDS of AFL++ for every fuzz target (60), beginning with the corpora
	@bash tests/fuzz/afl.sh $(BUILD) $(or $(SECONDS),60)

bench: all $(patsubst %,$(BUILD)/release/bench_%,$(BENCHES)) ## the core on the four order flows, beside a limit sketch and a naive engine
	@BUILD=$(BUILD) bash bench/core.sh

bench-wire: all $(BUILD)/release/bench_wire $(BUILD)/release/bench_wire_client ## messages in and out, and orders acknowledged a second over loopback
	@BUILD=$(BUILD) bash bench/wire.sh

bench-table: all $(patsubst %,$(BUILD)/release/bench_%,$(BENCHES)) ## every target of the project in one run: median, spread, met or not; eight minutes
	@BUILD=$(BUILD) bash bench/table.sh

bench-load: all ## a server under load: a thousand connections beside ten thousand, a flood, the knee; needs gnuplot for the picture
	@BUILD=$(BUILD) bash bench/load.sh

lint: $(BUILD)/clang/birzhad $(BUILD)/clang/birzha $(patsubst %,$(BUILD)/clang/test_%,$(TESTED)) tidy | $(BUILD)/.full-tools ## clang and gcc with every warning an error, clang's analyzer, house rules
	@$(MAKE) --no-print-directory WERROR=1 BUILD=$(BUILD)/werror $(BUILD)/werror/birzhad $(BUILD)/werror/birzha >/dev/null
	@git ls-files 'instruments/*.c' 'engine/*.c' 'gateway/*.c' 'tools/*.c' | xargs -P 2 -n 1 clang --analyze \
		-Xclang -analyzer-werror -std=c11 -D_GNU_SOURCE -I. -o /dev/null
	@echo "lint: clean"

tidy: ## house rules that a script can see
	@bash tests/gates/tidy.sh

format: ## trailing blanks away
	@git ls-files '*.c' '*.h' | xargs sed -i 's/[ \t]*$$//'

clean: ## remove what was built
	rm -rf $(BUILD)

PREFIX ?= /usr/local
install: all ## copy birzhad, birzha and the data to PREFIX (default /usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/birzha
	install -m 755 $(BUILD)/birzhad $(BUILD)/birzha $(DESTDIR)$(PREFIX)/bin
	cp -r instruments/data $(DESTDIR)$(PREFIX)/share/birzha/

help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20
