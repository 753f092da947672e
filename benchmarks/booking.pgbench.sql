-- The rows of one booking of a consultation, written by plain prepared statements in one transaction. Every client counts
-- its own transactions, so that each takes a slot that nobody else takes.
\set i :i + 1
\set n :first + :i * :clients + :client_id
\set resource :officer + (:n % :officers)
\set on_day (:n / :officers) % :days
\set slot (:n / (:officers * :days)) % :slots
\set start :epoch + :on_day * 86400 + :slot * :slot_s
\set booking random(1, 4611686018427387903)
\set visit random(1, 4611686018427387903)
\set occupancy 1000000000000 + :n
begin;
insert into answer (principal, request_id, method, fingerprint, content, created_at) values ('bench', gen_random_uuid()::text, '/fieldwork.v1.BookingService/CreateBooking', decode(repeat('ab', 32), 'hex'), decode(repeat('cd', 330), 'hex'), now());
insert into visit (id, service_id, team_id, weight, duration_minutes, state, booking_id, created_at, version) values (:visit, :service, :team, 100, 0, 'PLANNED', :booking, now(), 1);
insert into booking (id, service_id, contact_name, contact_phone, contact_email, contact_language, visit_id, promise, state, revision, version, source, creator, created_at, note, cancel_reason, allow_duplicate, calendar_uid, conversation_ref, purpose, duration_minutes) values (:booking, :service, 'Aino Esimerkki', '+358401234567', 'aino@example.com', 'fi', :visit, tstzrange(to_timestamp(:start::bigint), to_timestamp(:start::bigint + 1)), 'CONFIRMED', 1, 1, 'STAFF', 'bench', now(), '', '', false, 'bench@fieldwork', '', '', 0);
update resource_day set seq = seq + 1, changed = pg_current_xact_id(), offer_changed = pg_current_xact_id(), bitmap = bitmap, max_gap = 1200, route = route || decode(repeat('ef', 116), 'hex') where day = date '2000-01-01' + (:day::int + :on_day::int) and resource_id = :resource;
insert into occupancy (id, day, resource_id, busy, lead_s, kind, visit_id, booking_id) values (:occupancy, date '2000-01-01' + (:day::int + :on_day::int), :resource, tstzrange(to_timestamp(:start::bigint), to_timestamp(:start::bigint + :slot_s::bigint)), 0, 'remote', :visit, :booking);
insert into booking_event (booking_id, at, kind, actor, to_state, revision) values (:booking, now(), 'booking.created', 'bench', 'CONFIRMED', 1);
select procrastinate_defer_jobs_v1(array[row('messages', 'messages.deliver', 0, 'bookings/' || :booking::text, null, jsonb_build_object('booking', :booking::bigint, 'revision', 1, 'kind', 'booking.confirmed'), null)::procrastinate_job_to_defer_v1]);
commit;
