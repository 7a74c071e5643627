/* reject.h - every reason why something is refused, ended or noticed; once.
 *
 * REJECT_MAP(XX): XX(number, NAME, name on the wire, rule). Numbers never change their meaning; new ones are
 * appended. The hundreds are groups, and groups are checked in ascending order, left to right within a group:
 * a request gets the first reason that applies. The rule is the one that most often stands behind the
 * number; "" where the reason belongs to the session layer, which has no rule of the exchange behind it.
 *
 * 1xx format and session, 2xx admission, 3xx broker, 4xx eligibility, 5xx currency and terms, 6xx quantity, lot
 * and basis, 7xx price, 8xx collateral and risk, 9xx book and auction, 10xx contract, 11xx notices (not errors),
 * 12xx the session layer of the gateway. */
#ifndef BIRZHA_REJECT_H
#define BIRZHA_REJECT_H

#include <stdint.h>

#define REJECT_MAP(XX) \
    XX(0, NONE, "none", "") \
    XX(101, SESSION_UNKNOWN, "session_unknown", "SES-1") \
    XX(102, SESSION_CLOSED, "session_closed", "SES-1") \
    XX(103, PHASE_ACTION_NOT_ALLOWED, "phase_action_not_allowed", "SES-1") \
    XX(104, INSTRUMENT_UNKNOWN, "instrument_unknown", "SES-17") \
    XX(105, INSTRUMENT_NOT_IN_SESSION, "instrument_not_in_session", "SES-2") \
    XX(106, MARKET_HALTED, "market_halted", "SES-14") \
    XX(107, DUPLICATE_CLIENT_ORDER_ID, "duplicate_client_order_id", "ORD-7") \
    XX(108, MALFORMED_REQUEST, "malformed_request", "") \
    XX(109, TIMESTAMP_REGRESSION, "timestamp_regression", "SES-17") \
    XX(110, RATE_LIMITED, "rate_limited", "RSK-2") \
    XX(201, UNKNOWN_PARTICIPANT, "unknown_participant", "ACC-1") \
    XX(202, NOT_ACCREDITED, "not_accredited", "ACC-2") \
    XX(203, ACCREDITATION_NOT_YET_EFFECTIVE, "accreditation_not_yet_effective", "ACC-2") \
    XX(204, ACCREDITATION_EXPIRED, "accreditation_expired", "ACC-2") \
    XX(205, ACCREDITATION_SUSPENDED, "accreditation_suspended", "ACC-2") \
    XX(206, ACCREDITATION_WITHDRAWN, "accreditation_withdrawn", "ACC-2") \
    XX(207, SECTION_NOT_ACCREDITED, "section_not_accredited", "ACC-3") \
    XX(208, ACCREDITATION_DOCS_INCOMPLETE, "accreditation_docs_incomplete", "ACC-4") \
    XX(209, SERVICE_CONTRACT_MISSING, "service_contract_missing", "ACC-4") \
    XX(210, TRADER_NOT_REGISTERED, "trader_not_registered", "ACC-7") \
    XX(211, TRADER_OTHER_PARTICIPANT, "trader_other_participant", "ACC-8") \
    XX(212, SIGNATURE_INVALID, "signature_invalid", "ACC-9") \
    XX(213, LATE_LOGIN, "late_login", "ACC-10") \
    XX(214, SANCTION_ACTIVE, "sanction_active", "ACC-11") \
    XX(215, FEE_ARREARS, "fee_arrears", "ACC-12") \
    XX(216, OBLIGATIONS_OUTSTANDING, "obligations_outstanding", "ACC-13") \
    XX(217, OWN_USE_CERTIFICATE_REQUIRED, "own_use_certificate_required", "ACC-14") \
    XX(301, BROKER_LICENCE_REQUIRED, "broker_licence_required", "BRK-1") \
    XX(302, BROKER_LICENCE_EXPIRED, "broker_licence_expired", "BRK-1") \
    XX(303, BROKER_LICENCE_SUSPENDED, "broker_licence_suspended", "BRK-1") \
    XX(304, CLIENT_NOT_REGISTERED, "client_not_registered", "BRK-4") \
    XX(305, MANDATE_EXCEEDED, "mandate_exceeded", "BRK-7") \
    XX(306, BROKER_SCORE_TOO_LOW, "broker_score_too_low", "BRK-10") \
    XX(307, BROKER_CROSS_NOT_ALLOWED, "broker_cross_not_allowed", "BRK-9") \
    XX(401, SESSION_COUNTRY_RESTRICTED, "session_country_restricted", "SES-3") \
    XX(402, SESSION_DIRECTION_MISMATCH, "session_direction_mismatch", "SES-6") \
    XX(403, TRANSIT_NOT_ALLOWED, "transit_not_allowed", "TRN-2") \
    XX(404, TRANSIT_BASIS_INVALID, "transit_basis_invalid", "TRN-10") \
    XX(405, SIDE_NOT_ALLOWED, "side_not_allowed", "SES-7") \
    XX(406, SESSION_ROLE_RESTRICTED, "session_role_restricted", "SES-18") \
    XX(501, CURRENCY_NOT_ALLOWED, "currency_not_allowed", "STL-1") \
    XX(502, CURRENCY_NOT_YET_AVAILABLE, "currency_not_yet_available", "STL-2") \
    XX(503, CURRENCY_RESIDENCY_MISMATCH, "currency_residency_mismatch", "STL-4") \
    XX(504, PAYMENT_TERMS_NOT_ALLOWED, "payment_terms_not_allowed", "STL-5") \
    XX(505, DELIVERY_WINDOW_INVALID, "delivery_window_invalid", "STL-6a") \
    XX(601, LOT_SIZE_INVALID, "lot_size_invalid", "LOT-1") \
    XX(602, QTY_BELOW_MINIMUM, "qty_below_minimum", "LOT-2") \
    XX(603, QTY_ABOVE_MAXIMUM, "qty_above_maximum", "LOT-2") \
    XX(604, BASIS_NOT_ALLOWED, "basis_not_allowed", "LOT-3") \
    XX(605, MULTIBASIS_INVALID, "multibasis_invalid", "LOT-4") \
    XX(606, COMPOSITE_INVALID, "composite_invalid", "LOT-5") \
    XX(607, PARTIAL_NOT_ALLOWED, "partial_not_allowed", "LOT-6") \
    XX(608, MULTIBASIS_NOT_IN_SESSION, "multibasis_not_in_session", "LOT-12") \
    XX(609, BASIS_CHOICE_LATE, "basis_choice_late", "LOT-9") \
    XX(610, ORDER_TYPE_NOT_ALLOWED, "order_type_not_allowed", "ORD-1") \
    XX(611, TIF_INVALID, "tif_invalid", "ORD-1") \
    XX(612, DISPLAY_QTY_INVALID, "display_qty_invalid", "ORD-3") \
    XX(701, PRICE_INVALID, "price_invalid", "PRC-1") \
    XX(702, PRICE_NOT_ON_TICK, "price_not_on_tick", "PRC-1") \
    XX(703, PRICE_ABOVE_CEILING, "price_above_ceiling", "PRC-2") \
    XX(704, PRICE_BELOW_FLOOR, "price_below_floor", "PRC-2") \
    XX(705, PRICE_OUTSIDE_COLLAR, "price_outside_collar", "PRC-4") \
    XX(706, STEP_TOO_SMALL, "step_too_small", "PRC-5") \
    XX(707, NOT_IMPROVING, "not_improving", "PRC-5") \
    XX(708, STOP_PRICE_INVALID, "stop_price_invalid", "ORD-4") \
    XX(709, VALUE_OVERFLOW, "value_overflow", "PRC-1") \
    XX(801, INSUFFICIENT_DEPOSIT, "insufficient_deposit", "DEP-2") \
    XX(802, DEPOSIT_TOO_LATE, "deposit_too_late", "DEP-3") \
    XX(803, DEPOSIT_CURRENCY_MISMATCH, "deposit_currency_mismatch", "DEP-7") \
    XX(804, COLLATERAL_EXPIRED, "collateral_expired", "DEP-9") \
    XX(805, WITHDRAWAL_EXCEEDS_FREE, "withdrawal_exceeds_free", "DEP-6") \
    XX(806, ORDER_VALUE_LIMIT, "order_value_limit", "RSK-1") \
    XX(807, OPEN_EXPOSURE_LIMIT, "open_exposure_limit", "RSK-1") \
    XX(808, KILL_SWITCH_ACTIVE, "kill_switch_active", "RSK-3") \
    XX(901, SELF_TRADE_PREVENTED, "self_trade_prevented", "STP-1") \
    XX(902, POST_ONLY_WOULD_TRADE, "post_only_would_trade", "ORD-8") \
    XX(903, FOK_NOT_FILLABLE, "fok_not_fillable", "ORD-2") \
    XX(904, ORDER_UNKNOWN, "order_unknown", "ORD-6") \
    XX(905, ORDER_NOT_OWNED, "order_not_owned", "ORD-6") \
    XX(906, ORDER_NOT_ACTIVE, "order_not_active", "ORD-6") \
    XX(907, AUCTION_NOT_OPEN, "auction_not_open", "SES-19") \
    XX(908, RESERVE_NOT_MET, "reserve_not_met", "MTX-5") \
    XX(909, BID_QTY_INCREASE_NOT_ALLOWED, "bid_qty_increase_not_allowed", "MTX-10") \
    XX(910, ROUND_ONE_ABSENT, "round_one_absent", "MTX-10") \
    XX(911, NEGOTIATED_CAP_EXCEEDED, "negotiated_cap_exceeded", "SES-13") \
    XX(912, NEGOTIATED_TERMS_MISMATCH, "negotiated_terms_mismatch", "MTX-12") \
    XX(913, CARRYOVER_TOO_LATE, "carryover_too_late", "SES-12") \
    XX(1001, CONTRACT_SIGN_LATE, "contract_sign_late", "STL-9") \
    XX(1002, CONTRACT_FORM_REFUSED, "contract_form_refused", "STL-10") \
    XX(1003, PAYMENT_LATE, "payment_late", "STL-6") \
    XX(1004, SHIPMENT_BEFORE_PAYMENT, "shipment_before_payment", "STL-7") \
    XX(1005, DELIVERY_LATE, "delivery_late", "STL-6") \
    XX(1006, BAD_STATE_TRANSITION, "bad_state_transition", "STL-12") \
    XX(1007, RESPONSE_LATE, "response_late", "STL-13") \
    XX(1008, DEFAULT_DECLARED, "default_declared", "STL-14") \
    XX(1101, TRANSIT_PAIR_SKIPPED, "transit_pair_skipped", "TRN-3") \
    XX(1102, VOLATILITY_CALL_STARTED, "volatility_call_started", "PRC-4") \
    XX(1103, ORDER_RELEASED_BY_SUSPENSION, "order_released_by_suspension", "ACC-16") \
    XX(1104, SOFT_CLOSE_EXTENDED, "soft_close_extended", "SES-15") \
    XX(1105, ICEBERG_REFRESHED, "iceberg_refreshed", "ORD-3") \
    XX(1106, STOP_TRIGGERED, "stop_triggered", "ORD-4") \
    XX(1200, NOT_LOGGED_ON, "not_logged_on", "") \
    XX(1201, NOT_AUTHORISED, "not_authorised", "") \
    XX(1202, BAD_CREDENTIALS, "bad_credentials", "") \
    XX(1203, MESSAGE_TOO_LONG, "message_too_long", "") \
    XX(1204, SLOW_CONSUMER, "slow_consumer", "") \
    XX(1205, MISSING_FIELD, "missing_field", "") \
    XX(1206, BAD_VALUE, "bad_value", "") \
    XX(1207, UNKNOWN_FIELD, "unknown_field", "") \
    XX(1208, UNKNOWN_TYPE, "unknown_type", "") \
    XX(1209, ALREADY_LOGGED_ON, "already_logged_on", "") \
    XX(1210, LIMIT_REACHED, "limit_reached", "") \
    XX(1211, NOT_AVAILABLE, "not_available", "") \
    XX(1212, STORAGE_FULL, "storage_full", "")

#define XX(number, name, text, rule) REJECT_##name = number,
enum reject { REJECT_MAP(XX) };
#undef XX

/* Name on the wire and rule of a reason; NULL for a number that is not of the list. */
const char *reject_name(enum reject reason);
const char *reject_rule(enum reject reason);

#endif
