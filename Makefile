# Birzha. `make help` lists the targets; everything is built under build/<flavour>/.
#
# Flavours: release  what users run (-O3, x86-64-v3)
#           asan     gcc, address and undefined-behaviour sanitizers, paranoid checks
#           clang    clang, release flags, every warning an error
#           debug    gcc -O0, paranoid checks
# One static library per layer, linked in the order of the arrows in engine/README.md: an include that points the
# wrong way does not link.

SHELL := /bin/bash
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
ifeq ($(filter -j%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif

BUILD ?= build
CC_release := gcc
CC_asan := gcc
CC_debug := gcc
CC_clang := clang
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wwrite-strings \
	-Wvla -Wundef -Wpointer-arith -Wcast-qual -Wformat=2
ifeq ($(WERROR),1)
WARNINGS += -Werror
endif
HARDEN := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
CFLAGS_common := -std=c11 -D_GNU_SOURCE -I. -g -fno-common -fno-strict-aliasing -MMD -MP $(WARNINGS)
CFLAGS_release := -O3 -march=x86-64-v3 $(HARDEN)
CFLAGS_clang := -O2 -march=x86-64-v3 -Werror -fPIE
CFLAGS_debug := -O0 -DBIRZHA_PARANOID
CFLAGS_asan := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all -DBIRZHA_PARANOID
LDFLAGS_release := -pie -Wl,-z,relro,-z,now
LDFLAGS_clang := -pie
LDFLAGS_debug :=
LDFLAGS_asan := -fsanitize=address,undefined

# The pure layers: nothing but the compiler behind them, so no hardening calls and no library.
PURE := -ffreestanding -fno-stack-protector -U_FORTIFY_SOURCE

# ---- layers, lowest first: name, sources ----
LAYERS := check instruments engine views wire scenario session gateway
SRC_check := gateway/check_abort.c
SRC_instruments := $(wildcard instruments/*.c)
SRC_engine := $(wildcard engine/*.c engine/participants/*.c engine/orders/*.c engine/book/*.c engine/match/*.c \
	engine/rules/*.c engine/clearing/*.c)
SRC_views := $(wildcard engine/views/*.c)
SRC_wire := $(wildcard gateway/wire/*.c)
SRC_scenario := $(wildcard gateway/scenario/*.c)
SRC_session := $(wildcard gateway/session/*.c)
SRC_gateway := $(filter-out gateway/main.c gateway/check_abort.c,$(wildcard gateway/*.c gateway/net/*.c))
SRC_birzhad := gateway/main.c
SRC_birzha := $(wildcard tools/*.c tools/*/*.c)
SRC_model := $(wildcard tests/model/model*.c)
SRC_support := $(wildcard tests/support/*.c)

# What each test binary may link: its own layer and those below.
LINK_instruments := instruments check
LINK_engine := engine instruments check
LINK_views := views engine instruments check
LINK_wire := wire views engine instruments check
LINK_scenario := scenario wire views engine instruments check
LINK_session := session scenario wire views engine instruments check
LINK_gateway := gateway session scenario wire views engine instruments check
LINK_tools := $(LINK_gateway)
LINK_e2e := wire views engine instruments check
TESTED := instruments engine views wire scenario session gateway tools e2e
PROGRAMS := $(patsubst tests/%.c,%,$(wildcard tests/model/main_*.c tests/adversary/*.c tests/crash/*.c))
BENCHES := $(patsubst bench/%.c,%,$(wildcard bench/*.c))

LIBS_birzhad := -luv -lcjson -lcrypt -lpthread -lm
LIBS_birzha := -luv -lcjson -lcrypt -ledit -lpthread -lm
LIBS_test := -luv -lcjson -lcrypt -ledit -lcriterion -lpthread -lm

FLAVOURS := release asan clang debug

.PHONY: all
all: $(BUILD)/birzhad $(BUILD)/birzha

define flavour_rules
B_$(1) := $(BUILD)/$(1)
obj_$(1) = $$(patsubst %.c,$(BUILD)/$(1)/obj/%.o,$$(1))

$(BUILD)/$(1)/obj/instruments/%.o: instruments/%.c | $(BUILD)/.tools
	@mkdir -p $$(@D)
	$$(CC_$(1)) $$(CFLAGS_common) $$(CFLAGS_$(1)) $$(if $$(filter asan,$(1)),,$$(PURE)) -c $$< -o $$@
$(BUILD)/$(1)/obj/engine/%.o: engine/%.c | $(BUILD)/.tools
	@mkdir -p $$(@D)
	$$(CC_$(1)) $$(CFLAGS_common) $$(CFLAGS_$(1)) $$(if $$(filter asan,$(1)),,$$(PURE)) -c $$< -o $$@
$(BUILD)/$(1)/obj/%.o: %.c | $(BUILD)/.tools
	@mkdir -p $$(@D)
	$$(CC_$(1)) $$(CFLAGS_common) $$(CFLAGS_$(1)) -c $$< -o $$@

$(foreach layer,$(LAYERS),
$(BUILD)/$(1)/lib$(layer).a: $$(patsubst %.c,$(BUILD)/$(1)/obj/%.o,$$(SRC_$(layer)))
	@rm -f $$@
	@ar rcs $$@ $$^
)

$(BUILD)/$(1)/birzhad: $$(patsubst %.c,$(BUILD)/$(1)/obj/%.o,$$(SRC_birzhad)) $$(patsubst %,$(BUILD)/$(1)/lib%.a,$$(LINK_gateway))
	$$(CC_$(1)) $$(LDFLAGS_$(1)) -o $$@ $$^ $$(LIBS_birzhad)
$(BUILD)/$(1)/birzha: $$(patsubst %.c,$(BUILD)/$(1)/obj/%.o,$$(SRC_birzha)) $$(patsubst %,$(BUILD)/$(1)/lib%.a,$$(LINK_gateway))
	$$(CC_$(1)) $$(LDFLAGS_$(1)) -o $$@ $$^ $$(LIBS_birzha)

$(foreach layer,$(TESTED),
$(BUILD)/$(1)/test_$(layer): $$(patsubst %.c,$(BUILD)/$(1)/obj/%.o,$$(shell find tests/$(layer) -name 'test_*.c' 2>/dev/null) $$(SRC_support)) $$(if $$(filter tools,$(layer)),$$(patsubst %.c,$(BUILD)/$(1)/obj/%.o,$$(filter-out tools/main.c,$$(SRC_birzha)))) $$(patsubst %,$(BUILD)/$(1)/lib%.a,$$(LINK_$(layer)))
	$$(CC_$(1)) $$(LDFLAGS_$(1)) -o $$@ $$^ $$(LIBS_test)
)

$(foreach program,$(PROGRAMS),
$(BUILD)/$(1)/$(notdir $(program)): $(BUILD)/$(1)/obj/tests/$(program).o $$(patsubst %.c,$(BUILD)/$(1)/obj/%.o,$$(SRC_model)) $$(patsubst %,$(BUILD)/$(1)/lib%.a,$$(LINK_gateway))
	$$(CC_$(1)) $$(LDFLAGS_$(1)) -o $$@ $$^ $$(LIBS_birzhad)
)

$(foreach bench,$(BENCHES),
$(BUILD)/$(1)/bench_$(bench): $(BUILD)/$(1)/obj/bench/$(bench).o $$(patsubst %,$(BUILD)/$(1)/lib%.a,$$(LINK_gateway))
	$$(CC_$(1)) $$(LDFLAGS_$(1)) -o $$@ $$^ $$(LIBS_birzhad)
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
