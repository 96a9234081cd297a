//! What a file of Ruby becomes, as a dump.

use super::outline;
use crate::syntax::dump::dump;

#[test]
fn says_what_a_file_holds() {
    insta::assert_snapshot!(dump(&outline(
        r#"
# frozen_string_literal: true
require "active_record"
require_relative './x'
LIMIT = 3
module Shop
  class Order < ApplicationRecord
    include Discard::Model
    self.table_name = "sales.orders"
    TABLE = :orders
    belongs_to :user, class_name: "Shop::User", optional: true
    has_many :lines, -> { where(open: true).order(:id) }, through: :items do
      def x; end
    end
    scope :recent, ->(n = 3) { where("created_at > ?", n) }
    enum status: { open: 0, "done" => 1 }
    validates :name, presence: true, if: :named?
    private

    class << self
      def latest(n) = order(:id).limit(n)
      attr_accessor :x
    end

    def self.search(q, *args, limit: 10, **opts, &block)
      sql = <<~SQL.squish
        SELECT * FROM orders
        WHERE name = #{connection.quote(q)}
        #{limit_clause} AND a = '\n'
      SQL
      sql += " LIMIT 1"
      sql << " OFFSET #{limit}" if limit > 1
      find_by_sql([sql, q])
    end

    def initialize(db)
      @db = db
      super
      @cache ||= {}
    end

    def total
      rows = ActiveRecord::Base.connection.execute("select 1" " from x")
      a, (b, *c) = rows.first, 2
      rows.each do |(k, v), i|
        puts k if v&.ok?
      end
      ids = rows.map { |r| r["id"] }
      lines.where(id: ids).pluck(:id)
      case kind
      when :a then Order.where(x: 1)
      else "x"
      end
      begin
        risky!
      rescue Foo => e
        retry
      ensure
        close
      end
      x = if a then 1 else 2 end
      Order::Line.create!(name: "a", "b" => 2)
      query(<<-A, <<-'B')
        select a
      A
        select b
      B
      format("select %s from %<t>s", a, t: b)
      "%s x" % [a]
      yield total, x
      a ? b : c
    end
  end
end
class CreateOrders < ActiveRecord::Migration[7.0]
  def change
    create_table :orders, id: :uuid do |t|
      t.string :name, null: false
      t.references :user, foreign_key: true
    end
  end
end
ActiveRecord::Schema.define(version: 1) do
  add_index "orders", %w[a b]
end
RSpec.describe Order do
  it("x") { Order.create }
end
"#
    )));
}
