//! The bodies of the tests, and the one list of them.
//!
//! A test is a plain `pub fn` in a file of this directory, named by a sentence,
//! and a line in [`list!`]. From the list `tests/host.rs` makes the host's tests
//! and `tests/target.rs` the target's, under the same names. `core` and `alloc`
//! are what a body may use; `board` has the rest.
//!
//! A line may carry attributes: `#[ignore]`, `#[should_panic]`, and
//! `#[cfg(target_os = "none")]` or its `not(..)` for a test of one side only (its
//! body carries it too). `name within 300` gives it 300 seconds on the target
//! instead of 60.

pub mod at_hand;
pub mod at_once;
pub mod board;
pub mod clones;
pub mod compact;
pub mod corpus;
pub mod cursor;
pub mod deleted;
pub mod dense;
pub mod dense_model;
pub mod dense_removal;
pub mod dense_reserve;
pub mod exhausted;
pub mod face;
pub mod first_bucket;
pub mod forgotten;
pub mod growth;
pub mod hashes;
pub mod hostile;
pub mod iteration;
pub mod layouts;
pub mod model;
pub mod nearly_empty;
pub mod outside;
pub mod pool;
pub mod refusal;
pub mod replaced;
pub mod reserve;
pub mod reserve_faces;
pub mod reserve_while_growing;
pub mod schedule;
pub mod set;
pub mod shrink;
pub mod sizes;
pub mod sweep;
pub mod table;
pub mod traces;
pub mod whole;
pub mod work;

/// Calls the macro with every test of the suite.
macro_rules! list {
    ($make:ident) => {
        $make! {
            at_hand {
                an_insert_within_capacity_calls_neither_half_of_the_allocator,
                overwriting_calls_neither_half_of_the_allocator,
                entries_and_look_ups_call_neither_half_of_the_allocator,
                an_insert_under_a_reservation_calls_neither_half_of_the_allocator,
                a_table_at_hand_calls_neither_half_of_the_allocator,
            }
            at_once {
                a_known_length_makes_the_array_once,
                every_face_makes_the_array_once,
                room_that_is_refused_is_no_error,
                a_length_that_is_a_lie_reserves_nothing,
                a_lie_takes_nothing_of_what_was_reserved,
                keys_that_are_there_get_the_last_value,
                a_few_entries_more_move_no_more_than_inserts_do,
                after_an_error_the_rest_goes_into_the_room_that_was_made,
                #[cfg(not(target_os = "none"))]
                an_iterator_that_panics_leaves_what_came_before,
                cloning_into_a_map_makes_the_array_once,
            }
            board {
                a_map_heap_gives_out_what_it_has_and_then_refuses,
                a_map_heap_gets_everything_back,
                a_map_heap_needs_no_memory_for_size_zero,
                a_map_heap_respects_alignment,
                a_hashbrown_map_lives_on_a_map_heap,
                the_global_allocator_serves_vectors,
                #[cfg(target_os = "none")]
                the_global_allocator_has_the_memory_of_the_machine,
                #[cfg(target_os = "none")]
                instructions_are_counted_exactly,
            }
            clones {
                a_clone_that_is_refused_a_call_is_no_larger_either,
                cloning_again_and_again_into_the_same_map_asks_for_nothing,
                the_faces_that_cannot_fail_clone_into_what_is_there,
                a_clone_of_another_size_replaces_the_map_or_leaves_it,
                a_clone_is_no_larger_than_its_original,
                #[cfg(target_pointer_width = "64")]
                a_compact_map_of_one_entry_is_cloned_into_two_slots,
                #[cfg(not(target_os = "none"))]
                a_panic_while_a_map_is_cloned_into_leaves_it_whole,
                #[cfg(not(target_os = "none"))]
                a_panic_of_the_allocator_with_a_keys_cell_loses_no_values_cell,
                #[cfg(not(target_os = "none"))]
                a_panic_in_the_first_clone_leaves_no_chain_half_made,
                #[cfg(not(target_os = "none"))]
                a_panic_at_the_end_of_a_clone_leaves_no_reservation,
            }
            compact {
                random_operations_keep_chains_short,
                an_overflow_bucket_that_is_empty_serves_another_chain,
                the_last_entry_of_a_chain_fills_the_gap,
                retain_frees_what_it_empties,
                a_cursor_misses_nothing_while_chains_are_closed_up,
                values_over_thirty_two_bytes_are_in_cells,
                what_is_reserved_goes_in_while_chains_are_closed_up,
                a_map_of_few_entries_has_few_slots,
                a_small_bucket_is_used_again_before_it_is_widened,
                a_wider_bucket_that_is_refused_gives_the_pair_back,
                what_one_bucket_cannot_do_widens_a_small_one_first,
                retain_frees_what_it_empties_in_every_chain,
                a_bucket_is_free_when_its_own_last_entry_leaves,
                a_chain_that_becomes_shorter_ends_with_its_last_entry,
                nothing_moves_where_no_bucket_is_won_by_it,
                presizing_to_what_fits_widens_nothing,
                an_entry_removed_at_its_place_leaves_no_gap,
            }
            corpus {
                random_tapes_play_to_their_end,
                #[cfg(not(target_os = "none"))]
                #[cfg_attr(miri, ignore = "reads hundreds of files; random tapes will do")]
                every_tape_of_the_corpus_plays_to_its_end,
            }
            cursor {
                a_walk_gives_each_entry_once_in_every_state_of_a_growth,
                a_walk_has_as_many_batches_as_there_are_chains,
                a_walk_through_a_doubling_misses_nothing_and_repeats_nothing,
                what_is_removed_is_not_given_any_more,
                a_cursor_is_a_number_with_its_highest_bit_clear,
                made_up_bits_and_other_maps_end_and_do_no_harm,
                values_can_be_changed_batch_by_batch,
                random_changes_between_batches_keep_every_guarantee,
                random_changes_of_blocks_between_batches_keep_every_guarantee,
                a_walk_through_a_smaller_array_and_a_larger_one_again_gives_each_entry_once,
                a_walk_that_stops_behind_each_entry_gives_each_once_in_every_state_of_a_growth,
                an_entry_that_was_not_taken_is_there_the_next_time,
                a_walk_that_stops_in_a_chain_goes_on_there_after_growth_and_shrinking,
                keys_whose_hashes_agree_are_given_each_once,
            }
            exhausted {
                every_operation_on_a_heap_without_a_free_byte,
                every_operation_on_a_heap_that_cells_have_filled,
            }
            face {
                strings_are_looked_up_by_str,
                an_empty_map_answers_without_memory,
                maps_are_made_in_constants_and_statics,
                iterators_know_how_much_is_left,
                maps_and_iterators_can_be_shown,
                errors_say_what_happened,
                a_seed_is_drawn_when_an_entry_goes_into_an_empty_map,
                a_seed_of_the_callers_is_kept,
                maps_with_the_default_hasher_have_seeds_of_their_own,
                a_map_can_be_sent_and_shared,
                a_map_is_carried_out_of_a_panic_as_its_entries_are,
                references_of_any_lifetime_fit_a_map,
                references_of_any_lifetime_fit_what_holds_or_lends_them,
                one_entry_is_not_borrowed_twice,
            }
            first_bucket {
                eight_entries_need_no_allocation_and_the_ninth_moves_out,
                a_first_bucket_can_be_refilled_for_ever,
                a_first_bucket_serves_one_map_after_another,
                a_refused_move_out_puts_the_ninth_entry_into_an_overflow_bucket,
                presizing_leaves_the_first_bucket_unused,
                large_values_need_one_allocation_each_even_there,
                a_static_map_has_its_bucket_beside_it,
                a_static_map_is_declared_with_its_type_written_once,
                a_static_map_may_be_wrapped_with_any_name,
            }
            forgotten {
                a_forgotten_drain_leaves_what_it_did_not_give,
                a_forgotten_extract_if_leaves_what_it_did_not_give,
                forgotten_iterators_by_reference_are_nothing,
                forgotten_batches_are_passed_over_by_the_cursor,
                a_forgotten_place_of_an_entry_changes_nothing,
                a_forgotten_vacant_place_leaks_its_key,
                a_forgotten_refusal_leaks_its_pair,
                a_forgotten_map_or_one_taken_apart_leaks_all_of_it,
            }
            growth {
                a_doubling_ends_after_as_many_writes_as_there_were_buckets,
                growth_goes_on_with_overwrites_and_with_removals_of_absent_keys,
                lookups_and_iteration_move_nothing,
                iteration_in_every_state_of_a_growth_gives_each_entry_once,
                a_growth_gives_the_old_memory_back,
                removing_in_mid_growth_finds_entries_on_both_sides,
                retain_and_clear_in_mid_growth,
                a_map_dropped_in_mid_growth_gives_everything_back,
                long_and_sparse_chains_are_compacted_at_the_same_size,
                clear_in_the_middle_of_a_growth_to_the_same_size,
                the_first_free_slot_of_the_chain_is_used_again,
                a_move_keeps_the_order_of_a_chain_and_closes_its_gaps,
                chains_of_any_length_shrink_back_to_nothing,
                what_ends_a_growth_at_once_gives_all_of_the_old_memory_back,
                steps_after_the_end_of_a_growth_give_the_old_chunks_back,
            }
            hashes {
                a_miss_compares_few_keys_where_the_hash_fills_one_word,
                addresses_are_spread_by_mixing_where_a_hash_keeps_them,
                addresses_are_spread_by_mixing_where_a_hash_multiplies_them,
                mixing_makes_every_byte_that_counts_good,
                mixing_passes_a_seed_on,
                mixing_forwards_what_is_written_as_it_is_written,
            }
            hostile {
                hashes_that_change_at_every_call,
                keys_that_are_equal_to_all,
                keys_that_are_equal_to_none,
                keys_that_lie_in_every_way,
            }
            iteration {
                slots_are_rotated_in_every_bucket_of_a_chain,
                a_small_map_taken_apart_drops_each_entry_once,
                buckets_come_from_the_start_on_and_wrap,
                in_the_middle_of_a_doubling_old_chains_are_read_by_halves,
                an_empty_map_has_no_order,
                in_a_growth_to_the_same_size_no_key_is_hashed,
            }
            layouts {
                keys_and_values_of_one_byte,
                values_without_size,
                keys_without_size,
                keys_and_values_aligned_to_sixteen,
                values_aligned_to_a_cache_line,
                keys_aligned_to_a_page_without_size,
                odd_sizes_without_padding,
                values_at_the_limit_stay_in_the_bucket_and_larger_ones_do_not,
                cells_are_counted_and_given_back,
                entries_are_dropped_once_whichever_way_they_leave,
                overwriting_keeps_the_key_that_is_there,
            }
            model {
                random_operations_with_a_good_hash,
                random_operations_on_a_small_map,
                random_operations_with_all_keys_in_one_chain,
                random_operations_with_equal_hashes,
                random_operations_with_crowded_low_bits,
                random_operations_with_neighbouring_tophashes,
            }
            nearly_empty {
                whatever_goes_over_a_map_with_few_entries_finds_them,
                long_chains_that_are_emptied_leave_nothing_behind,
                random_operations_in_a_growth_lose_no_chain within 300,
                any_entry_is_taken_until_there_is_none within 300,
                what_a_loop_has_passed_it_does_not_begin_with_again,
                a_loop_over_few_entries_does_not_begin_again_with_what_it_has_emptied,
                walks_that_take_out_leave_what_others_find within 300,
                #[cfg(target_os = "none")]
                a_loop_that_takes_all_is_no_slower_for_a_larger_map,
                every_face_gives_any_entry,
                a_cursor_passes_empty_chains_a_bounded_number_at_a_time,
                a_clone_of_few_entries_is_as_large_as_they_need,
            }
            outside {
                what_is_done_with_a_reservation_calls_no_allocator,
                a_map_in_the_callers_bucket_grows_with_a_reservation,
                many_new_keys_have_what_they_need_whatever_their_hashes,
                two_owners_keep_what_each_of_them_reserved,
                what_is_reserved_in_a_map_is_so_however_many_others_bring,
                a_reservation_that_is_too_little_says_what_is_needed_now,
                large_values_that_come_and_go_allocate_nothing,
                a_growth_is_started_and_driven_in_memory_of_an_idle_task,
                a_forgotten_reservation_leaks_itself_and_nothing_else,
                a_reservation_of_another_heap_is_exchanged_and_never_mixed,
                a_vacant_place_is_filled_without_the_allocator,
                a_place_in_an_empty_map_draws_a_seed_when_it_is_filled,
                what_is_set_free_is_dropped_once_and_its_memory_is_the_reservations,
                every_allocation_of_a_reservation_is_refused_once,
                what_is_done_to_a_set_with_a_reservation_calls_no_allocator,
                a_vacant_place_of_a_set_is_filled_without_the_allocator,
            }
            pool {
                no_more_is_set_aside_than_the_entries_can_fill,
                what_a_growth_leaves_free_serves_inserts_after_it,
                what_a_move_has_used_is_set_aside_no_more,
                free_buckets_of_chunks_serve_the_next_growth,
                the_buckets_of_a_moved_chain_serve_the_moves_to_come,
                #[cfg_attr(miri, ignore = "thousands of operations take minutes")]
                a_growth_after_another_sets_aside_no_more_than_it,
                #[cfg_attr(miri, ignore = "hundreds of checked operations take minutes")]
                a_growth_needs_no_more_for_many_chunks_than_for_one,
                #[cfg_attr(miri, ignore = "a chain of hundreds of buckets takes minutes")]
                a_chain_that_is_too_long_to_be_counted_keeps_no_old_memory,
                #[cfg_attr(miri, ignore = "chains of fifty buckets take minutes")]
                chunks_that_a_growth_has_emptied_go_back_one_a_call,
                a_key_whose_slot_a_compaction_closes_takes_what_was_set_aside,
            }
            refusal {
                each_of_the_first_two_hundred_calls_refused_in_turn,
                each_call_of_a_map_with_long_chains_refused_in_turn within 300,
                no_call_granted_after_any_of_the_first,
                a_refused_growth_is_put_off_and_made_up_for,
                an_insert_without_memory_says_what_was_refused,
                a_value_without_a_cell_leaves_no_trace,
                presizing_without_memory_keeps_everything,
                each_call_of_one_chain_with_cells_refused_in_turn,
                a_refused_growth_is_forgotten_with_the_array,
                where_a_chunk_is_refused_a_single_bucket_serves,
                a_single_bucket_that_is_refused_is_not_asked_for_again,
            }
            deleted {
                deleting_leaves_the_map_as_removing_does,
                deleting_gives_the_cells_back_at_once,
            }
            dense {
                random_operations_on_blocks_of_their_own_size,
                random_operations_on_blocks_of_one_size,
                memory_follows_the_entries_up_and_down,
                #[cfg_attr(miri, ignore = "whole pages take thousands of entries")]
                a_directory_that_is_refused_a_page_gets_it_later,
                a_map_of_few_entries_is_a_few_blocks_of_the_heap,
                every_allocation_of_a_map_of_blocks_is_refused_once within 300,
                #[cfg_attr(miri, ignore = "one with cells after the other takes many minutes")]
                every_allocation_of_blocks_with_cells_is_refused_once,
                blocks_hold_entries_of_every_shape,
                entries_of_blocks_are_dropped_once_whichever_way_they_leave,
                what_is_taken_out_in_a_walk_is_given_once,
                a_place_of_a_map_of_blocks_is_filled_and_emptied,
                a_cursor_gives_each_entry_once_while_blocks_are_split_and_joined,
                a_cursor_that_stops_behind_each_entry_of_a_block_gives_each_once,
                a_clone_that_is_refused_a_call_loses_nothing,
                hashes_that_change_leave_as_many_entries_as_are_counted,
                #[cfg(not(target_os = "none"))]
                a_panic_of_the_allocator_leaves_whole_blocks,
                #[cfg(not(target_os = "none"))]
                a_panic_of_a_hasher_leaves_whole_blocks,
            }
            dense_model {
                blocks_are_intervals_of_hashes,
                where_entries_only_come_no_interval_has_more_than_a_block,
            }
            dense_reserve {
                what_is_reserved_in_blocks_goes_in_whatever_the_hashes within 300,
                #[cfg_attr(miri, ignore = "the same without cells takes many minutes")]
                what_is_reserved_in_blocks_with_cells_goes_in within 300,
                more_room_than_a_directory_can_have_is_no_question_for_the_allocator,
                room_that_is_made_ahead_leaves_what_is_reserved_in_blocks,
                a_refused_reservation_leaves_blocks_as_they_were,
                a_reservation_before_every_insert_keeps_blocks_small,
                a_map_of_blocks_is_made_with_room_and_shrinks_to_what_it_has,
                room_in_blocks_is_made_with_the_directory_or_not_at_all,
                room_in_blocks_that_was_refused_is_made_the_next_time,
                what_is_done_to_blocks_with_a_reservation_calls_no_allocator,
                what_others_bring_leaves_what_is_reserved_in_blocks,
            }
            dense_removal {
                chains_of_agreeing_hashes_do_not_keep_the_directory_large,
                what_is_taken_out_in_a_walk_gives_its_memory_back,
                #[cfg(not(target_os = "none"))]
                a_panic_in_a_walk_that_takes_out_leaves_no_more_memory_than_needed,
                gaps_of_a_forgotten_walk_are_closed_a_few_at_a_time,
                #[cfg(not(target_os = "none"))]
                #[cfg_attr(miri, ignore = "a third level of pages takes millions of entries")]
                no_page_is_lost_where_the_allocator_panics_with_another,
                blocks_of_long_chains_are_given_back_in_any_order,
                a_cursor_goes_on_in_the_middle_of_blocks_that_have_joined,
            }
            replaced {
                an_entry_replaced_stays_in_its_slot_and_its_cells,
                an_entry_replaced_by_nothing_is_removed_and_leaves_its_place,
                replacing_uses_nothing_up_that_is_reserved,
                no_growth_begins_where_an_entry_is_replaced,
                a_value_of_a_table_replaced_stays_in_its_slot_and_its_cell,
                #[cfg(not(target_os = "none"))]
                a_panic_while_an_entry_is_replaced_removes_that_one,
            }
            reserve {
                what_is_reserved_goes_in_whatever_the_hashes,
                chains_that_are_full_to_the_brim_can_be_reserved_for,
                no_more_is_held_than_the_worst_chains_can_need,
                what_is_not_used_stays_for_later,
                cells_are_reserved_too,
                a_reservation_that_is_refused_changes_nothing,
                small_chunks_serve_where_a_large_one_is_refused,
                presizing_keeps_what_is_reserved,
                a_reservation_that_cannot_be_expressed_is_an_error,
                eight_keys_in_the_callers_bucket_are_reserved_for_nothing,
                shrinking_gives_back_what_was_reserved,
                no_more_buckets_are_held_than_keys_are_reserved,
                a_reservation_that_is_refused_half_way_gives_back_the_chunks_it_had,
                shrinking_to_the_same_array_gives_back_what_was_reserved_too,
                the_last_key_reserved_may_need_the_last_bucket,
                the_array_has_room_for_what_is_reserved,
                a_size_that_cannot_be_expressed_ends_no_growth,
                each_key_reserved_may_need_a_bucket_of_its_own,
                shrinking_that_is_refused_keeps_what_is_reserved,
                cells_that_are_refused_leave_those_of_before,
                #[cfg(not(target_os = "none"))]
                a_reservation_ends_before_its_memory_is_given_back,
                #[cfg(not(target_os = "none"))]
                a_panic_while_a_refused_reservation_is_undone_loses_nothing,
            }
            reserve_faces {
                what_any_face_reserves_goes_in_without_the_allocator,
                #[cfg_attr(miri, ignore = "hundreds of refusals take minutes")]
                a_reservation_that_any_face_is_refused_asks_once_and_changes_nothing,
                a_reservation_makes_one_array_of_the_final_size,
                #[cfg(not(target_os = "none"))]
                #[cfg_attr(miri, ignore = "an array of a million takes minutes")]
                a_million_reserved_on_one_entry,
                a_reservation_before_every_insert_costs_no_more_calls_and_hardly_more_memory,
                #[cfg(not(target_os = "none"))]
                #[cfg_attr(miri, ignore = "half a million inserts take too long")]
                half_a_million_inserts_with_a_reservation_before_each,
            }
            reserve_while_growing {
                a_growth_goes_on_under_a_reservation,
                a_reservation_moves_no_entry_if_one_doubling_is_enough,
                a_doubling_is_started_with_what_is_reserved,
                the_moves_of_a_growth_leave_alone_what_is_reserved,
                a_refused_reservation_puts_no_growth_off,
                reservations_that_never_run_out_do_not_keep_chains_sparse,
                no_growth_to_the_same_size_starts_while_something_is_reserved,
                a_growth_to_the_same_size_that_is_due_starts_with_the_reservation,
            }
            schedule {
                tiny_maps_go_gos_way,
                small_maps_go_gos_way,
                maps_of_spread_keys_go_gos_way,
                maps_of_crowded_keys_go_gos_way,
                bursts_into_one_bucket_are_compacted_when_go_does_it,
                a_doubling_follows_a_compaction_at_full_load_at_once,
                clear_in_every_state_of_a_growth_is_gos,
                retain_in_every_state_of_a_growth_removes_in_both_arrays,
                the_order_from_any_place_is_gos_in_every_state_of_a_growth,
                a_clone_in_any_state_of_a_growth_goes_on_as_go_does,
                removing_from_a_map_that_became_empty_in_mid_growth_moves_nothing,
            }
            set {
                random_operations_on_a_set,
                a_value_that_finds_no_room_comes_back_whichever_way_it_goes_in,
                extending_a_set_stops_at_the_value_that_finds_no_room,
                values_that_are_reserved_for_go_in_without_the_allocator,
                a_set_grows_and_shrinks_as_its_map_does,
                two_sets_are_compared_and_combined,
                a_cursor_walks_a_set_through_its_map,
                eight_values_of_a_set_need_no_allocation,
                a_set_a_map_and_a_set_of_hashbrowns_face_are_one,
                a_set_and_its_places_can_be_shown,
            }
            shrink {
                shrinking_where_only_small_blocks_are_free_does_not_enlarge_the_map,
                a_map_that_fits_shrinks_without_a_call,
                what_an_allocator_hands_out_beyond_is_nothing_to_give_back,
                no_map_is_larger_for_being_shrunk,
                chunks_that_are_not_needed_are_given_back_at_the_same_size,
                a_map_shrinks_into_the_callers_bucket_where_its_entries_fit_it,
                a_compact_map_shrinks_to_as_few_slots_as_it_needs,
                a_face_that_cannot_fail_shrinks_as_well,
            }
            sizes {
                hints_give_gos_number_of_buckets,
                hints_up_to_eight_allocate_nothing,
                a_hint_that_overflows_is_an_error_without_an_allocation,
                a_hint_that_is_refused_is_an_error_with_the_size,
                an_array_grows_with_the_entry_after_every_limit,
                what_the_hint_promised_fits_without_growth,
                presizing_a_map_keeps_its_entries,
                presizing_an_empty_map_replaces_its_array,
                more_memory_than_asked_for_becomes_spare_buckets,
                below_sixteen_buckets_more_memory_than_asked_for_is_not_used,
                a_map_is_no_larger_than_its_header_hasher_and_allocator,
                overflow_buckets_come_in_chunks_of_a_sixteenth_of_the_array,
            }
            sweep {
                every_allocation_for_a_bucket_is_refused_once within 300,
                every_allocation_of_a_map_with_cells_is_refused_once within 300,
                every_allocation_of_a_compact_map_is_refused_once within 300,
                every_allocation_of_a_map_of_blocks_is_refused_once within 300,
                #[cfg(not(target_os = "none"))]
                a_panic_in_any_call_leaves_a_whole_map,
                #[cfg(not(target_os = "none"))]
                a_panic_in_any_call_leaves_a_whole_map_with_cells,
                #[cfg(not(target_os = "none"))]
                a_panic_in_any_call_leaves_a_whole_compact_map,
                #[cfg(not(target_os = "none"))]
                #[cfg_attr(miri, ignore = "all operations in one state take minutes")]
                a_panic_in_any_call_leaves_a_whole_map_of_blocks,
            }
            traces {
                // Under Miri each takes minutes; the first stands for all.
                a_map_in_the_callers_bucket_goes_gos_way,
                #[cfg_attr(miri, ignore)]
                a_map_of_one_chain_goes_gos_way,
                #[cfg_attr(miri, ignore)]
                nans_and_zeros_go_gos_way,
                #[cfg_attr(miri, ignore)]
                the_evacuation_mark_looks_as_far_ahead_as_gos,
                #[cfg(not(target_os = "none"))] #[cfg_attr(miri, ignore)]
                tophashes_at_their_edges_are_gos,
                #[cfg(not(target_os = "none"))] #[cfg_attr(miri, ignore)]
                iterators_go_gos_way_while_the_map_doubles,
                #[cfg(not(target_os = "none"))] #[cfg_attr(miri, ignore)]
                iterators_go_gos_way_in_growths_to_the_same_size,
                #[cfg(not(target_os = "none"))] #[cfg_attr(miri, ignore)]
                removals_in_the_middle_of_growths_are_gos,
                #[cfg(not(target_os = "none"))] #[cfg_attr(miri, ignore)]
                a_hundred_thousand_entries_lie_as_in_go,
                #[cfg(not(target_os = "none"))] #[cfg_attr(miri, ignore)]
                small_maps_are_compacted_as_in_go,
                #[cfg(not(target_os = "none"))] #[cfg_attr(miri, ignore)]
                a_difference_in_any_field_of_a_state_is_noticed,
                #[cfg(not(target_os = "none"))] #[cfg_attr(miri, ignore)]
                a_difference_in_a_result_is_noticed,
                #[cfg(not(target_os = "none"))] #[cfg_attr(miri, ignore)]
                a_difference_in_a_layout_is_noticed,
                #[cfg(not(target_os = "none"))] #[cfg_attr(miri, ignore)]
                a_difference_in_a_digest_is_noticed,
                #[cfg(not(target_os = "none"))] #[cfg_attr(miri, ignore)]
                a_difference_in_the_arrays_allocated_is_noticed,
                #[cfg(not(target_os = "none"))] #[cfg_attr(miri, ignore)]
                another_order_of_iteration_is_noticed,
                #[cfg(not(target_os = "none"))] #[cfg_attr(miri, ignore)]
                another_hash_or_an_operation_left_out_is_noticed,
                #[cfg(not(target_os = "none"))] #[cfg_attr(miri, ignore)]
                a_trace_that_ends_too_early_is_no_trace,
                #[cfg(not(target_os = "none"))] #[cfg_attr(miri, ignore)]
                a_garbled_trace_is_no_map_that_went_astray_for_ever,
                #[cfg(not(target_os = "none"))] #[cfg_attr(miri, ignore)]
                nonsense_is_told_with_its_line,
                #[cfg(not(target_os = "none"))] #[cfg_attr(miri, ignore)]
                an_implicit_trace_names_the_array_that_a_hint_makes,
                #[cfg(not(target_os = "none"))] #[cfg_attr(miri, ignore)]
                an_implicit_trace_need_not_name_its_arrays_and_names_none_later,
            }
            table {
                random_operations_on_a_table,
                values_of_a_table_are_changed_in_place,
                values_of_one_hash_are_found_by_it,
                values_of_one_hash_are_changed_in_every_state_of_a_growth,
                what_an_iterator_of_a_table_has_left_can_be_looked_at,
                a_table_is_emptied_in_every_way,
                a_table_grows_by_its_entries,
                a_refused_growth_of_a_table_is_made_up_for_with_its_hasher,
                a_refused_growth_of_a_table_waits_for_new_values_only,
                a_value_whose_slot_a_compaction_closes_takes_what_was_set_aside,
            }
            whole {
                a_clone_has_the_same_entries_in_the_same_slots,
                a_clone_of_a_chain_has_the_chain,
                a_clone_that_is_refused_memory_leaves_nothing,
                shrinking_moves_to_the_smallest_array_that_fits,
                shrinking_that_is_refused_keeps_the_map_as_it_is,
                shrinking_in_the_callers_bucket_keeps_it,
                an_empty_map_shrinks_to_the_callers_bucket,
                a_cursor_sees_everything_once_when_the_map_shrinks,
                a_drain_gives_everything_and_leaves_the_memory,
                a_drain_dropped_half_way_drops_the_rest_and_a_forgotten_one_keeps_it,
                extract_if_takes_what_is_chosen_and_stops_where_it_is_dropped,
                growth_is_driven_step_by_step_and_to_its_end,
                extending_stops_at_the_pair_that_finds_no_room,
                an_entry_is_a_place_found_once,
                a_vacant_place_gives_back_what_it_could_not_take,
                a_place_by_reference_makes_a_key_only_where_there_is_none,
                a_vacant_place_by_reference_gives_back_what_it_could_not_take,
                growth_that_was_refused_is_said_to_wait,
                chains_stay_whole_when_a_map_shrinks,
                shrinking_ends_a_growth_also_where_the_array_stays,
                an_entry_is_removed_from_any_place_of_a_chain,
                #[cfg(not(target_os = "none"))]
                a_map_is_whole_where_the_allocator_panics_as_it_takes_the_array_back,
            }
            work {
                #[cfg_attr(miri, ignore = "counts what thousands of inserts do")]
                an_insert_moves_few_entries_however_large_the_map,
                #[cfg_attr(miri, ignore = "as above")]
                an_insert_moves_two_chains_and_writes_the_heads_of_four_buckets,
                #[cfg_attr(miri, ignore = "as above")]
                without_a_growth_an_insert_moves_nothing_and_asks_for_nothing,
                #[cfg_attr(miri, ignore = "as above")]
                a_copy_in_a_cursors_order_crowds_a_map_that_grows_with_the_same_hashes,
                #[cfg_attr(miri, ignore = "as above")]
                a_copy_in_a_cursors_order_with_room_first_moves_nothing,
                #[cfg_attr(miri, ignore = "as above")]
                a_copy_in_a_cursors_order_with_another_seed_moves_few_entries,
                #[cfg_attr(miri, ignore = "as above")]
                a_copy_in_the_order_of_iteration_moves_little_more_than_any_insert,
                #[cfg(target_os = "none")]
                a_footprint_takes_no_longer_for_what_is_reserved,
                #[cfg(target_os = "none")]
                a_reservation_is_a_few_instructions_where_a_bucket_is_at_hand,
            }
        }
    };
}
pub(crate) use list;
