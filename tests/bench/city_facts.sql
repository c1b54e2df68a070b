-- A city's three months of facts, invented by arithmetic; see city_facts.py.

INSERT INTO geo_deployment (city, name, zone, metric_epsg, area_list, area_edition, schematic_boundaries,
         attribution, only_one)
  VALUES ('bench', '测试市', 'Asia/Shanghai', 4547, 'bench', '1', true, 'invented', true);

INSERT INTO geo_area (list, edition, code, level, name, boundary, valid_from)
  SELECT 'bench', '1', '9900' || lpad(n::text, 5, '0'), 'township', '镇' || n,
         ST_Multi(ST_Segmentize(ST_MakeEnvelope(114 + (n % 14) * 0.1, 27 + (n / 14) * 0.1,
                                                114.1 + (n % 14) * 0.1, 27.1 + (n / 14) * 0.1, 4326), 0.001)),
         '2020-01-01'
    FROM generate_series(0, $townships - 1) AS n;

INSERT INTO accounts_unit (id, parent_id, kind, code, name, path)
  VALUES (md5('bureau')::uuid, NULL, 'bureau', 'B', '市局', '/B/');

INSERT INTO accounts_unit (id, parent_id, kind, code, name, path)
  SELECT md5('branch' || n)::uuid, md5('bureau')::uuid, 'branch', 'B' || n, '分局' || n, '/B/B' || n || '/'
    FROM generate_series(0, $branches - 1) AS n;

INSERT INTO accounts_unit (id, parent_id, kind, code, name, path)
  SELECT md5('unit' || n)::uuid, md5('branch' || n * $branches / $townships)::uuid, 'station', 'S' || n, '派出所' || n,
         '/B/B' || n * $branches / $townships || '/S' || n || '/'
    FROM generate_series(0, $townships - 1) AS n;

INSERT INTO geo_unitarea (unit_id, area_id, is_primary)
  SELECT md5('unit' || (id - (SELECT min(id) FROM geo_area)))::uuid, id, true FROM geo_area;

INSERT INTO accounts_officer (id, password, is_superuser, username, badge_number, name, unit_id, roles, is_active,
         is_staff, date_joined)
  SELECT md5(kind || n)::uuid, '', false, kind || n, '', kind || n, md5('unit' || n)::uuid, '{officer}', true, false,
         now()
    FROM generate_series(0, $townships - 1) AS n, unnest(ARRAY['officer', 'partner']) AS kind;

INSERT INTO accounts_officer (id, password, is_superuser, username, badge_number, name, unit_id, roles, is_active,
         is_staff, date_joined)
  VALUES (md5('analyst')::uuid, '', false, 'analyst', '', 'analyst', md5('bureau')::uuid, '{analyst}', true, false,
          now());

INSERT INTO accounts_device (id, unit_id, officer_id, public_key, app_version, made_total, enrolled_at,
         last_contact_at)
  SELECT md5('device' || n)::uuid, md5('unit' || n)::uuid, md5('officer' || n)::uuid, '', '', 1000, now(), now()
    FROM generate_series(0, $townships - 1) AS n;

INSERT INTO geo_premises (id, unit_id, area_id, kind, address, name, door_plate, credit_code, external_ref, lon, lat,
         border_uncertain, state, active_from, last_outcome, version)
  SELECT md5('door' || n)::uuid, md5('unit' || n % $townships)::uuid, n % $townships + (SELECT min(id) FROM geo_area),
         CASE WHEN n % 9 = 0 THEN 'enterprise' ELSE 'household' END, '示范路 ' || n, '', '', '', '', 114.05, 27.05,
         false, 'active', '2020-01-01', '', 1
    FROM generate_series(0, $doors - 1) AS n;

INSERT INTO visits_visit (id, unit_id, author_id, device_id, recorded_at, clock_skew_s, occurred_at, received_at, payload_sha256, version, premises_id, area_id, outcome, occurred_on, no_place_reason, advice,
         help_asked, note, dispute_ids, correction_reason, is_current)
  SELECT md5('visit' || n)::uuid, md5('unit' || n % $townships)::uuid, md5('officer' || n % $townships)::uuid, md5('device' || n % $townships)::uuid, at, 0, at, at, repeat('0', 64), 1, md5('door' || n::bigint * 7919 % $doors / $townships * $townships + n % $townships)::uuid,
         n % $townships + (SELECT min(id) FROM geo_area),
         (ARRAY['met', 'met', 'met', 'nobody_home', 'refused'])[n % 5 + 1], (at AT TIME ZONE 'Asia/Shanghai')::date,
         '', '{}', '', '', '{}', '', true
    FROM (SELECT n, '2026-08-01 00:30+00'::timestamptz + (n % 90) * interval '1 day' + (n / 90 % 14) * interval '1 h'
                 AS at FROM generate_series(0, $visits - 1) AS n) AS made;

INSERT INTO visits_visit_officers (visit_id, officer_id) SELECT id, author_id FROM visits_visit;

INSERT INTO patrol_patrol (id, unit_id, author_id, device_id, recorded_at, clock_skew_s, occurred_at, received_at, payload_sha256, version, kind, area_id, started_at, started_on, ended_how)
  SELECT md5('patrol' || n)::uuid, md5('unit' || n % $townships)::uuid, md5('officer' || n % $townships)::uuid, md5('device' || n % $townships)::uuid, at, 0, at, at, repeat('0', 64), 1, 'street', n % $townships + (SELECT min(id) FROM geo_area), at,
         (at AT TIME ZONE 'Asia/Shanghai')::date, ''
    FROM (SELECT n, '2026-08-01 00:30+00'::timestamptz + (n % 90) * interval '1 day' + (n / 90 % 14) * interval '1 h'
                 AS at FROM generate_series(0, $outings - 1) AS n) AS made;

INSERT INTO patrol_patrol_officers (patrol_id, officer_id)
  SELECT patrol.id, officer.id
    FROM patrol_patrol AS patrol JOIN accounts_officer AS officer ON officer.unit_id = patrol.unit_id;

INSERT INTO patrol_leg (id, unit_id, author_id, device_id, recorded_at, clock_skew_s, occurred_at, received_at, payload_sha256, version, patrol_id, mode, started_at, derived_from, ground_change)
  SELECT id, unit_id, author_id, device_id, recorded_at, clock_skew_s, occurred_at, received_at, payload_sha256, version, id, 'foot', started_at, '', 0 FROM patrol_patrol;

INSERT INTO patrol_legtownship (leg_id, area_id, "on", part, km, hours, km_off, hours_off)
  SELECT id, area_id, started_on, CASE WHEN extract(hour FROM started_at) >= 12 THEN 'night' ELSE 'day' END, 3.2, 1.1, 0, 0
    FROM patrol_patrol;

INSERT INTO geo_street (edition, ref, name, street_class, line)
  SELECT 'bench', n::text, '', 'residential', ST_MakeLine(ST_Point(114, 27, 4326), ST_Point(114.01, 27, 4326))
    FROM generate_series(0, $streets - 1) AS n;

INSERT INTO geo_streetpiece (street_id, ordinal, length_m, line, area_id)
  SELECT n % $streets + (SELECT min(id) FROM geo_street), n / $streets, 20,
         ST_MakeLine(ST_Point(114, 27, 4326), ST_Point(114.0002, 27, 4326)),
         n % $townships + (SELECT min(id) FROM geo_area)
    FROM generate_series(0, $pieces - 1) AS n;

INSERT INTO patrol_legpieces (leg_id, area_id, "on", part, passed, seconds, passes, unknown)
  SELECT leg, area_id, "on", part, coalesce(array_agg(piece ORDER BY piece) FILTER (WHERE passed), '{}'),
         coalesce(array_agg(15 ORDER BY piece) FILTER (WHERE passed), '{}'),
         coalesce(array_agg(1 ORDER BY piece) FILTER (WHERE passed), '{}'),
         coalesce(array_agg(piece ORDER BY piece) FILTER (WHERE NOT passed), '{}')
    FROM (SELECT md5('patrol' || leg)::uuid AS leg, k % 10 <> 0 AS passed,
                 -- 60 pieces in a row of the township in which the outing was.
                 leg % $townships + $townships * ((leg * 37 + k) % ($pieces / $townships))
                 + (SELECT min(id) FROM geo_streetpiece) AS piece,
                 date '2026-08-01' + leg % 90 AS "on", CASE WHEN leg % 4 = 0 THEN 'night' ELSE 'day' END AS part
            FROM generate_series(0, $outings - 1) AS leg, generate_series(0, 59) AS k) AS walked
    JOIN geo_streetpiece ON geo_streetpiece.id = piece
   GROUP BY leg, area_id, "on", part;

INSERT INTO visits_dispute (id, unit_id, author_id, device_id, recorded_at, clock_skew_s, occurred_at, received_at, payload_sha256, version, category, summary, source, risk, area_id, place_text, opened_at, opened_on,
         state, assign_due_on, resolve_due_on, resolved_on)
  SELECT md5('dispute' || n)::uuid, md5('unit' || n % $townships)::uuid, md5('officer' || n % $townships)::uuid, md5('device' || n % $townships)::uuid, at, 0, at, at, repeat('0', 64), 1, 'neighbour', '', 'visit', 'low',
         n % $townships + (SELECT min(id) FROM geo_area), '', at, (at AT TIME ZONE 'Asia/Shanghai')::date,
         CASE WHEN n % 50 = 0 THEN 'mediating' ELSE 'closed' END, at::date + 3, at::date + 30,
         CASE WHEN n % 50 = 0 THEN NULL ELSE at::date + 9 END
    FROM (SELECT n, '2026-08-01 00:30+00'::timestamptz + (n % 90) * interval '1 day' + (n / 90 % 14) * interval '1 h'
                 AS at FROM generate_series(0, $disputes - 1) AS n) AS made;

INSERT INTO sync_mutation (id, unit_id, officer_id, device_id, seq, kind, record_id, recorded_at, clock_skew_s,
         received_at, payload_sha256, outcome, attempts)
  SELECT md5('mutation' || n)::uuid, md5('unit' || n % $townships)::uuid, md5('officer' || n % $townships)::uuid,
         md5('device' || n % $townships)::uuid, n, 'visit.record', md5('visit' || n)::uuid, now(), 0, now(), repeat('0', 64),
         'applied', 0
    FROM generate_series(0, $mutations - 1) AS n;
